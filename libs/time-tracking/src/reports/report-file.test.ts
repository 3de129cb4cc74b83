// Reports as CSV through the edge, read by another project's parser, beside the same as JSON.
import { once } from 'node:events';
import { request as rawRequest, type IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { Bus } from '@mono/bus';
import { startTestApplication, TEST_CREDENTIAL, type TestApplication } from '@mono/edge/testing';
import { TEST_PRINCIPAL } from '@mono/platform/testing';
import { Temporal } from 'temporal-polyfill';
import papaparse from 'papaparse';
import { uuidv7 } from 'uuidv7';
import type { ReportRow, TimeReport } from '../../contract/index.js';
import { insertTimeRows, type TaskRow } from '../../testing/time-rows.js';
import { createTimeTrackingWorld, type TimeTrackingWorld } from '../../testing/time-tracking-world.js';
import { ReportFileController } from './report-file.controller.js';

const AUGUST = 'from=2026-08-01&to=2026-09-01&tz=Europe/Berlin';
const WORKSPACE = TEST_PRINCIPAL.workspaceId;
/** Titles and tags that a spreadsheet, a parser or an editor could take for something else. */
const TEXTS = [
  '=HYPERLINK("http://evil.example";"Look")',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  ' =1+1',
  '＝1',
  'a,b',
  'say "hello"',
  'two\nlines',
  'a;b',
  "a;=1+cmd|' /C calc'!A0;b",
  'a; =1',
  'two\n=1;\t-1',
  'a-b;c=d',
  'ä€𝄞',
  "'quoted",
  '007',
];
const GUARDED: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...TEXTS.slice(0, 9), '=cmd'].map((text) => [text, `'${text}`])),
  '\t=1': "'\t'=1",
  '\r=1': "'\r'=1",
  '\n=1': "'\n'=1",
  "a;=1+cmd|' /C calc'!A0;b": "a;'=1+cmd|' /C calc'!A0;b",
  'a; =1': "a;' =1",
  'two\n=1;\t-1': "two\n'=1;'\t'-1",
};

let world: TimeTrackingWorld;
let application: TestApplication;
beforeAll(async () => {
  world = await createTimeTrackingWorld();
  const providers = [{ provide: Bus, useValue: world.bus }];
  application = await startTestApplication({ controllers: [ReportFileController], providers });
  await insertTimeRows(world.database, rowsOf(TEXTS));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await world.database.query('DELETE FROM time_tracking.settings');
});
afterAll(async () => {
  await application?.close();
  await world?.end();
});

/** A task of each title, with its title as a tag, worked on for a bit more than an hour over midnight. */
function rowsOf(titles: readonly string[]): Parameters<typeof insertTimeRows>[1] {
  const tasks = titles.map((title): TaskRow => ({
    task_id: uuidv7(),
    workspace_id: WORKSPACE,
    title,
    list_id: null,
    tags: [title],
    assignee_id: null,
    template_id: null,
    estimated_duration: null,
    status: 'todo',
    status_seen: 1,
  }));
  return {
    tasks,
    spans: tasks.map(({ task_id }, index) => ({
      task_id,
      version: 1,
      workspace_id: WORKSPACE,
      started_at: '2026-08-02T21:30:00.000Z',
      ended_at: `2026-08-02T22:30:00.${String(index).padStart(3, '0')}Z`,
      actor_id: '=cmd',
    })),
    entries: tasks.slice(0, 3).map(({ task_id }) => ({
      id: uuidv7(),
      workspace_id: WORKSPACE,
      user_id: WORKSPACE,
      task_id,
      started_at: '2026-08-03T09:00:00.000Z',
      ended_at: '2026-08-03T09:10:00.000Z',
      tags: [],
      billable: true,
      source: 'manual' as const,
    })),
  };
}

async function ask(query: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${application.url}/v1/time/report?${query}`, {
    headers: { authorization: TEST_CREDENTIAL, ...headers },
  });
}

async function csvOf(query: string): Promise<{ text: string; rows: Record<string, string>[] }> {
  const response = await ask(`${query}&format=csv`);
  expect(response.status).toBe(200);
  const text = await response.text();
  const { data, errors } = papaparse.parse<Record<string, string>>(text, {
    header: true,
    newline: '\r\n',
    skipEmptyLines: true,
  });
  expect(errors).toEqual([]);
  return { text, rows: data };
}

async function jsonOf(query: string): Promise<ReportRow[]> {
  const response = await ask(`${query}&limit=500`);
  return ((await response.json()) as TimeReport).items;
}

/** A row of JSON as its line in the file. */
function asRecord({
  worked,
  entered,
  billable,
  entered_rounded: rounded,
  spans: _spans,
  entries: _entries,
  ...groups
}: ReportRow): Record<string, string> {
  const cells = Object.entries(groups).map(([name, value]: [string, string | null]) => [name, guarded(value)] as const);
  return {
    ...Object.fromEntries(cells),
    ...Object.fromEntries(
      Object.entries({ worked, entered, billable, ...(rounded !== null && { entered_rounded: rounded }) }).flatMap(
        ([name, duration]) => [
          [`${name}_seconds`, seconds(duration)],
          [`${name}_hours`, hours(duration)],
        ],
      ),
    ),
  };
}

function guarded(text: string | null): string {
  return text === null ? '' : (GUARDED[text] ?? text);
}

function seconds(duration: string): string {
  return Temporal.Duration.from(duration).total('seconds').toFixed(0);
}

function hours(duration: string): string {
  return String(Number(Temporal.Duration.from(duration).total('hours').toFixed(4)));
}

test.each(['task', 'tag', 'day,task,person', 'week,status', 'month,list,template', 'assignee', 'person'])(
  'the file of %s has the rows of the report, and nothing in it is a formula',
  async (groups) => {
    const query = `${AUGUST}&group_by=${groups}`;
    const { text, rows } = await csvOf(query);
    expect(rows).toEqual((await jsonOf(query)).map(asRecord));
    expect(text.endsWith('\r\n')).toBe(true);
    for (const row of rows)
      for (const cell of Object.values(row)) expect(cell).not.toMatch(/(?:^|[;\t\r\n])\s*[=+\-@＝]/);
  },
);

test('without groups the file has one row, which is the total', async () => {
  const { rows } = await csvOf(AUGUST);
  expect(rows).toEqual([
    {
      worked_seconds: '72000',
      entered_seconds: '1800',
      billable_seconds: '1800',
      worked_hours: '20.0001',
      entered_hours: '0.5',
      billable_hours: '0.5',
    },
  ]);
});

test('names stand beside their ids, and are no formulas either', async () => {
  world.names.set(WORKSPACE, '@SUM(A1)');
  const { text, rows } = await csvOf(`${AUGUST}&group_by=person,list`);
  expect(text).toMatch(/^person,person_name,list,list_title,worked_seconds,/);
  expect(rows.map(({ person, person_name: name }) => [person, name])).toEqual([
    [WORKSPACE, "'@SUM(A1)"],
    ["'=cmd", ''],
  ]);
});

test('a file from a node of the previous release has the columns without names', async () => {
  const page = { rows: [['somebody', 1_500, 0, 0, null]], rounds: false, next_cursor: null };
  jest.spyOn(world.reports, 'reportRows').mockResolvedValueOnce(page);
  const { rows } = await csvOf(`${AUGUST}&group_by=person`);
  expect(rows).toMatchObject([{ person: 'somebody', person_name: '', worked_seconds: '2', worked_hours: '0.0004' }]);
});

test('the file has a column more where the workspace rounds', async () => {
  await world.database.query(
    `INSERT INTO time_tracking.settings (workspace_id, rounding_minutes, rounding_mode) VALUES ($1, 15, 'up')`,
    [WORKSPACE],
  );
  const query = `${AUGUST}&group_by=task`;
  const { rows } = await csvOf(query);
  expect(rows).toEqual((await jsonOf(query)).map(asRecord));
  expect(rows[0]).toMatchObject({ entered_seconds: '600', entered_rounded_seconds: '900' });
});

test('Accept asks for a file as well, which says what it is', async () => {
  const { status, headers } = await ask(`${AUGUST}&group_by=day`, { accept: 'text/csv' });
  expect([status, headers.get('content-type'), headers.get('content-disposition'), headers.get('vary')]).toEqual([
    200,
    'text/csv; charset=utf-8; header=present',
    'attachment; filename="time-2026-08-01-2026-09-01.csv"',
    'Accept, Accept-Encoding',
  ]);
});

test.each([
  ['format=json', 'text/csv', 'application/json; charset=utf-8'],
  ['format=csv', 'application/json', 'text/csv; charset=utf-8; header=present'],
  ['group_by=day', 'text/html, */*;q=0.8', 'application/json; charset=utf-8'],
])('%s with Accept: %s is answered as %s', async (parameter, accept, type) => {
  const response = await ask(`${AUGUST}&${parameter}`, { accept });
  expect(response.headers.get('content-type')).toBe(type);
});

test.each([
  ['format=csv&limit=5', 'limit'],
  ['format=csv&cursor=abc', 'cursor'],
  ['format=xml', 'format'],
  ['format=csv&to=2026-08-01', 'to'],
])('%s is refused on %s', async (parameters, field) => {
  const query = parameters.includes('to=') ? `from=2026-08-01&${parameters}` : `${AUGUST}&${parameters}`;
  const response = await ask(query);
  const { error } = (await response.json()) as { error: { code: string; details: { field: string }[] } };
  expect([response.status, error.code, error.details.map((fault) => fault.field)]).toEqual([
    422,
    'validation_error',
    [field],
  ]);
});

test('a page that fails half-way breaks the connection, so that nobody takes the file for whole', async () => {
  const first = { rows: [['2026-08-02', 1, 0, 0, null]], rounds: false, next_cursor: 'more' };
  jest.spyOn(world.reports, 'reportRows').mockResolvedValueOnce(first).mockRejectedValueOnce(new Error('lost'));
  const headers = { authorization: TEST_CREDENTIAL };
  const request = rawRequest(`${application.url}/v1/time/report?${AUGUST}&group_by=day&format=csv`, { headers }).end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  expect(response.statusCode).toBe(200);
  await expect(once(response, 'end')).rejects.toThrow('aborted');
});

test('a hundred thousand rows come as one file, read from the database page by page', async () => {
  const tasks = 100_000;
  const workspace = uuidv7();
  await world.database.query(
    `INSERT INTO time_tracking.span (task_id, version, workspace_id, started_at, ended_at, actor_kind, actor_id)
     SELECT gen_random_uuid(), 1, $1, timestamptz '2026-08-02' + n * interval '1 second', timestamptz '2026-08-02' + (n + 1) * interval '1 second', 'user', 'x'
     FROM generate_series(1, ${tasks}) n`,
    [workspace],
  );
  const principal = { ...TEST_PRINCIPAL, workspaceId: workspace };
  const providers = [{ provide: Bus, useValue: world.bus }];
  const large = await startTestApplication({ controllers: [ReportFileController], providers, principal });
  const pages = jest.spyOn(world.reports, 'reportRows');
  try {
    const headers = { authorization: TEST_CREDENTIAL };
    const response = await fetch(`${large.url}/v1/time/report?${AUGUST}&group_by=task&format=csv`, { headers });
    const seen = new Set<string>();
    let seconds = 0;
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = `${rest}${chunk}`.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [task = '', , worked] = line.split(',');
        seen.add(task);
        seconds += Number(worked) || 0;
      }
    }
    expect([seen.size - 1, seconds, rest]).toEqual([tasks, tasks, '']);
    expect(pages.mock.calls.length).toBe(tasks / 10_000);
  } finally {
    await large.close();
  }
});
