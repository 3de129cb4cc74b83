// The worst request of each route: derived from OpenAPI if any input suffices, written by hand if the meaning makes it expensive.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ApiClient } from '../../support/api-client.ts';

export interface WorstRequest {
  name: string;
  method: string;
  path: string;
  body?: string;
  type?: string;
}

/** The maximum size of a body. */
const BODY_BYTES = 1024 * 1024 - 1_024;
/** The maximum length of a request line. */
const QUERY_CHARACTERS = 12_000;
const ID = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';

interface Operation {
  requestBody?: object;
  parameters?: { name?: string; in?: string; $ref?: string }[];
}
type Document = { paths: Record<string, Record<string, Operation>> };

export function derivedRequests(): WorstRequest[] {
  const file = resolve(import.meta.dirname, '../../../openapi.json');
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as Document;
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      ofRoute(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, ID), operation),
    ),
  );
}

function ofRoute(method: string, path: string, { requestBody, parameters = [] }: Operation): WorstRequest[] {
  const route = `${method} ${path.replaceAll(ID, '{id}')}`;
  if (requestBody) {
    const bodies = { 'unknown fields': UNKNOWN_FIELDS, 'empty strings': EMPTY_STRINGS, nested: NESTED };
    return Object.entries(bodies).map(([name, body]) => ({ name: `${route}: ${name}`, method, path, body }));
  }
  const names = parameters.flatMap(({ name, in: where }) => (where === 'query' && name !== undefined ? [name] : []));
  return [
    { name: `${route}: unknown parameters`, method, path: `${path}?${unknownParameters()}` },
    ...names.map((name) => ({ name: `${route}: ${name}`, method, path: `${path}?${name}=${'a%2C'.repeat(2_800)}` })),
  ];
}

const UNKNOWN_FIELDS = filled('{', (index) => `"${index.toString(36)}":0`, '}');
const EMPTY_STRINGS = filled('[', () => '""', ']');
const NESTED = `${'['.repeat(BODY_BYTES / 2)}${']'.repeat(BODY_BYTES / 2)}`;

function filled(begin: string, item: (index: number) => string, end: string): string {
  const items: string[] = [];
  for (let length = 2, index = 0; ; index += 1) {
    const next = item(index);
    length += next.length + 1;
    if (length > BODY_BYTES) return begin + items.join(',') + end;
    items.push(next);
  }
}

function unknownParameters(): string {
  return Array.from({ length: QUERY_CHARACTERS / 8 }, (_, index) => `p${index}=1`)
    .join('&')
    .slice(0, QUERY_CHARACTERS);
}

const upTo = (last: number): string => Array.from({ length: last }, (_, index) => index + 1).join(',');
const repeated = (text: string, times: number): string => Array(times).fill(text).join(',');

function post(name: string, path: string, body: unknown): WorstRequest {
  return { name: `POST ${path}: ${name}`, method: 'POST', path, body: JSON.stringify(body) };
}

/** Requests that are expensive by their meaning. @param api creates the things that they need. */
export async function writtenRequests(api: ApiClient): Promise<WorstRequest[]> {
  const list = await made(api, '/v1/lists', { title: `Worst requests ${Date.now()}` });
  const rules: Record<string, object> = {
    'repeated days': {
      dtstart: '1801-01-01T09:00:00',
      rrule: `FREQ=YEARLY;COUNT=1000000;BYMONTHDAY=${upTo(31)};BYDAY=${repeated('53MO', 780)}`,
      timezone: 'UTC',
    },
    'a million minutes': { dtstart: '2026-01-01T09:00:00', rrule: 'FREQ=MINUTELY;COUNT=1000000' },
    'a million weeks': { dtstart: '1801-01-01T09:00:00', rrule: 'FREQ=WEEKLY;COUNT=1000000' },
    'yearly positions': {
      dtstart: '1801-01-01T09:00:00',
      timezone: 'America/New_York',
      rrule: `FREQ=YEARLY;COUNT=150000;BYMONTHDAY=${upTo(31)};BYHOUR=${upTo(23)};BYSETPOS=${upTo(366)}`,
    },
    'two thousand dates': {
      dtstart: '1801-01-01T09:00:00',
      timezone: 'Africa/Casablanca',
      rrule: 'FREQ=DAILY',
      rdate: Array.from({ length: 1_000 }, (_, year) => `${1801 + year}-06-01T08:00:00Z`),
      exdate: Array.from({ length: 1_000 }, (_, year) => `${1801 + year}-06-02T08:00:00Z`),
    },
  };
  const previews = Object.entries(rules).map(([name, rule]) =>
    post(name, '/v1/recurrence/preview', { rule, from: '2500-01-01T00:00:00', limit: 1_000 }),
  );
  const templates = Object.entries(rules).map(([name, rule]) =>
    post(name, '/v1/templates', { list_id: list, title: name, rule }),
  );
  const task = (index: number): object => ({
    op: 'create',
    task: {
      title: `${'t'.repeat(200)} ${index}`,
      description: 'Lorem ipsum dolor sit amet. '.repeat(50),
      tags: Array.from({ length: 25 }, (_, tag) => `tag ${index} ${tag}`),
      list_id: list,
    },
  });
  const operations = Array.from({ length: 500 }, (_, index) => task(index));
  const faulty = Array.from({ length: 500 }, () => ({ op: 'create', task: { title: '', tags: Array(200).fill('') } }));
  return [
    ...previews,
    ...templates,
    post('500 rules', '/v1/templates/import', { list_id: list, content: calendar('FREQ=MINUTELY;COUNT=1000000', 500) }),
    post('500 expensive rules', '/v1/templates/import', {
      list_id: list,
      content: calendar('FREQ=WEEKLY;COUNT=14000', 500, '18010101T090000'),
    }),
    post('many parameters', '/v1/templates/import', { content: parameters() }),
    post('500 new tasks', '/v1/tasks/batch', { operations }),
    post('500 new tasks, each for itself', '/v1/tasks/batch', {
      mode: 'each',
      operations: operations.map((_, index) => task(index + 1_000)),
    }),
    post('500 faulty tasks', '/v1/tasks/batch', { operations: faulty }),
    post('a megabyte of description', '/v1/tasks', { title: 't', description: 'd'.repeat(1_000_000) }),
    post('many tags', '/v1/tasks', { title: 't', tags: Array(200_000).fill('a') }),
    post('many scopes', '/v1/api-keys', { name: 'k', scopes: Array(70_000).fill('tasks:read') }),
    post('many addresses', '/v1/api-keys', {
      name: 'k',
      scopes: ['tasks:read'],
      allowed_ips: Array(80_000).fill('10.0.0.0/8'),
    }),
    post('many lists', '/v1/api-keys', { name: 'k', scopes: ['tasks:read'], list_ids: Array(25_000).fill(list) }),
    ...[
      `/v1/tasks?q=${'lorem+'.repeat(1_500)}`,
      `/v1/tasks?q=l&limit=200&count=exact`,
      `/v1/tasks?limit=200&count=exact&order_by=title`,
      `/v1/tags?limit=200&count=exact`,
      `/v1/time/report?from=2000-01-01&to=2026-12-01&group_by=day`,
      `/v1/time/flow?from=2024-01-01&to=2026-11-01`,
      `/v1/time/history?limit=200&count=exact`,
      '/openapi.json',
      '/docs',
      '/metrics',
      '/readyz',
    ].map((path) => ({ name: `GET ${path.slice(0, 60)}`, method: 'GET', path })),
    ...(await feedOf(api)),
  ];
}

/** A list with many templates, each split, and its feed. */
async function feedOf(api: ApiClient): Promise<WorstRequest[]> {
  const list = await made(api, '/v1/lists', { title: `Feed ${Date.now()}` });
  const rules = ['FREQ=DAILY', 'FREQ=MINUTELY;COUNT=1000000', 'FREQ=WEEKLY;COUNT=10000', 'FREQ=MONTHLY;BYMONTHDAY=31'];
  for (let index = 0; index < 60; index += 1) {
    const rule = {
      dtstart: `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}T09:00:00`,
      timezone: 'Europe/Berlin',
      rrule: rules[index % rules.length],
    };
    const title = `Template ${index}`;
    const id = await made(api, '/v1/templates', { list_id: list, title, rule, lead_days: 0 });
    if (index % 3 === 0) await api.post(`/v1/templates/${id}/end`, {});
  }
  const { body } = await api.post<{ url: string }>('/v1/feeds', { list_id: list });
  return [{ name: 'GET /feeds/{secret}.ics: 60 templates', method: 'GET', path: new URL(body.url).pathname }];
}

async function made(api: ApiClient, path: string, body: unknown): Promise<string> {
  const { status, body: answer } = await api.post<{ id: string }>(path, body);
  if (status !== 201) throw new Error(`${path} was answered with ${status}: ${JSON.stringify(answer).slice(0, 300)}`);
  return answer.id;
}

function calendar(rrule: string, count: number, dtstart = '20270101T090000'): string {
  const components = Array.from({ length: count }, (_, index) =>
    [
      'BEGIN:VTODO',
      `UID:u${index}-${Date.now()}`,
      `DTSTART:${dtstart}`,
      `RRULE:${rrule}`,
      `SUMMARY:x${index}`,
      'END:VTODO',
    ].join('\r\n'),
  );
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', ...components, 'END:VCALENDAR', ''].join('\r\n');
}

function parameters(): string {
  const line = `DTSTART${';B=1'.repeat(200_000)}:20270101T090000`;
  return ['BEGIN:VCALENDAR', 'BEGIN:VTODO', 'UID:u', line, 'RRULE:FREQ=DAILY', 'END:VTODO', 'END:VCALENDAR', ''].join(
    '\r\n',
  );
}
