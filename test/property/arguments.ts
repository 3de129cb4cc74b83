// Generates arguments for fast-check from JSON Schemas: valid ones, and valid ones with a fault.
import * as fc from 'fast-check';
import {
  resolveReference,
  type OpenApiDocument,
  type Operation,
  type Parameter,
  type Schema,
} from './openapi-document.ts';

/** Existing things, so that requests do not end with "not found". */
export interface KnownThings {
  /** Lists and tasks mixed. */
  ids: string[];
  listIds: string[];
  /** Reserved for deletions. */
  doomedIds: string[];
  /** Tasks in the trash: each can be restored or deleted once. */
  trashedIds: string[];
  /** Tasks with relations. */
  relatedIds: string[];
  /** Ids of dead letters. */
  letterIds: string[];
  /** Ids of API keys. Revoked ones still exist. */
  keyIds: string[];
  workspaceIds: string[];
  memberIds: string[];
  inviteIds: string[];
  sessionIds: string[];
  tokenIds: string[];
  identityIds: string[];
  /** Ids by use: changed, paused and resumed, ended and deleted, or changes of occurrences only. */
  templateIds: Record<'changed' | 'paused' | 'doomed' | 'dated', string[]>;
  feedIds: string[];
  /** Ids of webhooks by use: changed, deleted, or with deliveries. */
  webhookIds: Record<'changed' | 'doomed' | 'logged', string[]>;
  /** Ids of saved filters by use: changed or deleted. */
  filterIds: Record<'changed' | 'doomed', string[]>;
  /** Ids of time entries by use: changed or deleted. */
  entryIds: Record<'changed' | 'doomed', string[]>;
  /** Ids that operators use: users to change, users to delete, workspaces to delete. */
  operatedIds: Record<'users' | 'doomed' | 'workspaces', string[]>;
  /** Valid values for fields by name; `<path> <name>` for a field or parameter of one path only. */
  values: Readonly<Record<string, readonly unknown[]>>;
  names: string[];
}

/** Longer values find nothing new and slow requests down. */
const LONG_ENOUGH = 300;
const MAX_DEPTH = 6;
/** The HTTP server rejects longer ones (414, 431). */
const LONGEST_PARAMETER = 300;

const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 40 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
);

const instant = fc
  .date({ min: new Date('1971-01-01T00:00:00Z'), max: new Date('2199-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

const FORMATS: Record<string, fc.Arbitrary<string>> = {
  'date-time': instant,
  date: instant.map((value) => value.slice(0, 10)),
  email: fc.stringMatching(/^[a-z]{1,12}$/).map((name) => `${name}@example.com`),
  duration: fc
    .tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 1, max: 59 }))
    .map(([hours, minutes]) => `PT${hours}H${minutes}M`),
};

export function arbitraryOf(
  document: OpenApiDocument,
  schema: Schema,
  known: KnownThings,
  depth = 0,
): fc.Arbitrary<unknown> {
  const inner = (part: Schema): fc.Arbitrary<unknown> => arbitraryOf(document, part, known, depth + 1);
  const ofField = (name: string, part: Schema): fc.Arbitrary<unknown> => {
    if (name === 'list_id') return ofLists(part);
    const right = known.values[name];
    return right ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...right) }, inner(part)) : inner(part);
  };
  /** Otherwise a third of all bodies would contain a task id in place of a list id. */
  const ofLists = (part: Schema): fc.Arbitrary<unknown> =>
    arbitraryOf(document, part, { ...known, ids: known.listIds }, depth + 1);
  const resolved = resolveReference(document, schema);
  if (depth > MAX_DEPTH) return fc.constant(null);
  if (resolved.const !== undefined) return fc.constant(resolved.const);
  if (resolved.enum) return fc.constantFrom(...resolved.enum);
  const choices = resolved.oneOf ?? resolved.anyOf;
  if (choices) return fc.oneof(...choices.map(inner));
  if (resolved.allOf) {
    if (resolved.allOf.length === 1) return inner(resolved.allOf[0] ?? {});
    return fc.tuple(...resolved.allOf.map(inner)).map((parts) => Object.assign({}, ...(parts as object[])) as unknown);
  }
  const types = [resolved.type ?? (resolved.properties ? 'object' : 'string')].flat();
  return fc.oneof(...types.map((type) => ofType(type, resolved)));

  function ofType(type: string, { minimum = -1000, maximum = 1000, ...rest }: Schema): fc.Arbitrary<unknown> {
    switch (type) {
      case 'null':
        return fc.constant(null);
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.integer({ min: minimum, max: Math.min(maximum, 2 ** 31 - 1) });
      case 'number':
        return fc.double({ min: minimum, max: maximum, noNaN: true });
      case 'array':
        return arrayOf(rest);
      case 'object':
        return objectOf(rest);
      default:
        return stringOf(rest);
    }
  }

  function stringOf({ format, pattern, minLength = 0, maxLength = LONG_ENOUGH }: Schema): fc.Arbitrary<string> {
    if (format === 'uuid') return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known.ids) }, fc.uuid());
    const formatted = format === undefined ? undefined : FORMATS[format];
    if (formatted) return formatted;
    // Free text would never match a whole pattern.
    if (pattern?.startsWith('^')) return fc.stringMatching(new RegExp(pattern, 'u'));
    const names = fc.constantFrom(...known.names).filter((name) => name.length <= maxLength);
    const free = text.map((value) => value.slice(0, maxLength).padEnd(minLength, 'x'));
    const all = fc.oneof({ weight: 1, arbitrary: names }, { weight: 3, arbitrary: free });
    return pattern === undefined ? all : all.filter((value) => new RegExp(pattern, 'u').test(value));
  }

  function arrayOf({ items = {}, minItems = 0, maxItems = LONG_ENOUGH, uniqueItems = false }: Schema) {
    // Mostly short; mutations reach the limit.
    const size = { minLength: minItems, maxLength: Math.min(maxItems, Math.max(minItems, 5)) };
    return uniqueItems ? fc.uniqueArray(inner(items), size) : fc.array(inner(items), size);
  }

  function objectOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
    const arbitraries = Object.fromEntries(
      Object.entries(properties).map(([name, part]) => [name, ofField(name, part)]),
    );
    const optional = Object.keys(arbitraries).filter((name) => !required.includes(name));
    const subset = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.subarray(optional, {
          minLength: Math.min(1, optional.length),
          maxLength: Math.min(3, optional.length),
        }),
      },
      { weight: 1, arbitrary: fc.subarray(optional) },
    );
    // All together would mostly contradict each other.
    return fc
      .tuple(fc.record(arbitraries), subset)
      .map(([all, chosen]) =>
        Object.fromEntries(Object.entries(all).filter(([name]) => required.includes(name) || chosen.includes(name))),
      );
  }
}

/** Values that break parsers, limits and databases. */
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
  1e308,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  'ß',
  'null',
  '0000-00-00',
  '2026-02-30',
  '9999-12-31T23:59:60Z',
  '+275760-09-13T00:00:00Z',
  'P99999999999Y',
  'Etc/Nowhere',
  '00000000-0000-0000-0000-000000000000',
  "'; DROP TABLE tasks.task; --",
  '%',
  '\\',
  ':* & | !',
  'x'.repeat(256),
  'x'.repeat(70_000),
  [],
  {},
  [null],
  [[[]]],
  { constructor: 1 },
  Array.from({ length: 600 }, (_, index) => index),
];

const oddValue = fc.constantFrom(...ODD_VALUES);

/** Replaces, removes or adds one thing somewhere in the value. */
function mutated(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc
    .tuple(valid, oddValue, fc.nat({ max: 1000 }), fc.constantFrom('replace', 'remove', 'add'))
    .map(([value, odd, where, what]) => {
      if (typeof value !== 'object' || value === null) return odd;
      const copy = structuredClone(value) as Record<string, unknown>;
      const keys = Object.keys(copy);
      const key = keys[where % Math.max(keys.length, 1)] ?? 'unknown';
      const child = copy[key];
      if (what === 'add') copy[`unknown_${where}`] = odd;
      else if (what === 'remove') delete copy[key];
      else if (typeof child === 'object' && child !== null && where % 2 === 0)
        (child as Record<string, unknown>)[Object.keys(child)[0] ?? 'unknown'] = odd;
      else copy[key] = odd;
      return copy;
    });
}

export interface ApiRequest {
  operation: Operation;
  /** Path and query. */
  target: string;
  headers: Record<string, string>;
  body: string | undefined;
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** Percent-encodes the value; a lone surrogate becomes an invalid escape. */
function encoded(value: unknown): string {
  try {
    return encodeURIComponent(asText(value).slice(0, LONGEST_PARAMETER));
  } catch {
    return '%ED%A0%80';
  }
}

/** Like `encoded`, but without values that change the path: empty, `.` and `..`. */
function encodedSegment(value: unknown): string {
  const segment = encoded(value);
  return /^\.{0,2}$/.test(segment) ? '%20' : segment;
}

function parameterValues(
  document: OpenApiDocument,
  parameters: Parameter[],
  known: KnownThings,
): fc.Arbitrary<Record<string, unknown>> {
  const entries = parameters.map((parameter) => {
    const valid = arbitraryOf(document, parameter.schema ?? {}, known);
    const right = known.values[parameter.name];
    const value = fc.oneof(
      ...(right ? [{ weight: 24, arbitrary: fc.constantFrom<unknown>(...right) }] : []),
      { weight: 12, arbitrary: valid },
      { weight: 1, arbitrary: oddValue },
    );
    // Each optional parameter is sometimes present, since all together would never match.
    const present = parameter.required ? value : sometimes(1 / 3, value);
    return [parameter.name, present] as const;
  });
  return fc.record(Object.fromEntries(entries));
}

const IF_MATCH = fc.constantFrom('"1"', '"2"', '*', 'W/"1"', '1', '"999999999999999999"', '""', '"1", "2"', 'é');
const KEYS = fc.constantFrom('a', 'b', 'c'.repeat(300), 'with space', '');
const RAW_BODIES = fc.constantFrom(
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '{"title":"a","title":"b"}',
  '{"a":1e999}',
  '{"__proto__":{"title":"polluted"}}',
  '\u0000',
);

/** Present in this share of the cases, otherwise undefined. */
function sometimes<T>(share: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  const of = 60;
  const weight = Math.round(share * of);
  return fc.oneof({ weight, arbitrary: value }, { weight: of - weight, arbitrary: fc.constant(undefined) });
}

/** Operations that compute a hash take a hundred times as long as others. */
function weightOf({ path }: Operation): number {
  // It rarely succeeds: it needs the right password and an active session.
  if (path === '/v1/auth/change-password') return 4;
  return path.startsWith('/v1/auth/') && !path.startsWith('/v1/auth/providers') ? 1 : 8;
}

/** A request of one of the operations: mostly valid, often with one fault. */
export function requestArbitrary(
  document: OpenApiDocument,
  operations: Operation[],
  known: KnownThings,
): fc.Arbitrary<ApiRequest> {
  return fc.oneof(
    ...operations.map((operation) => ({
      weight: weightOf(operation),
      arbitrary: requestOf(document, operation, known),
    })),
  );
}

const json = (value: unknown): string | undefined => (value === undefined ? undefined : JSON.stringify(value));

function idsFor(
  { method, path }: Operation,
  {
    templateIds,
    feedIds,
    webhookIds,
    filterIds,
    entryIds,
    ids,
    doomedIds,
    trashedIds,
    relatedIds,
    letterIds,
    keyIds,
    workspaceIds,
    memberIds,
    inviteIds,
    sessionIds,
    tokenIds,
    identityIds,
    operatedIds,
  }: KnownThings,
): string[] {
  if (path.includes('/dead-letters/')) return letterIds;
  if (path.startsWith('/v1/trash/')) return trashedIds;
  if (path.startsWith('/v1/tasks/{id}/relations')) return relatedIds;
  if (path.startsWith('/v1/api-keys/')) return keyIds;
  if (path.startsWith('/v1/workspaces/')) return workspaceIds;
  if (path.startsWith('/v1/admin/users/')) return method === 'DELETE' ? operatedIds.doomed : operatedIds.users;
  if (path.startsWith('/v1/admin/workspaces/')) return operatedIds.workspaces;
  if (path.startsWith('/v1/members/')) return memberIds;
  if (/^\/v1\/(?:admin\/)?invites\//.test(path)) return inviteIds;
  if (path.startsWith('/v1/me/sessions/')) return sessionIds;
  if (path.startsWith('/v1/me/tokens/')) return tokenIds;
  if (path.startsWith('/v1/me/identities/')) return identityIds;
  if (path.startsWith('/v1/feeds/')) return feedIds;
  if (path.includes('/deliveries/')) return webhookIds.logged;
  if (path.startsWith('/v1/webhooks/')) return method === 'DELETE' ? webhookIds.doomed : webhookIds.changed;
  if (path.startsWith('/v1/filters/')) return method === 'DELETE' ? filterIds.doomed : filterIds.changed;
  if (path.startsWith('/v1/time/entries/')) return method === 'DELETE' ? entryIds.doomed : entryIds.changed;
  if (/^\/v1\/templates\/\{id\}\/(?:occurrences|exceptions)/.test(path)) return templateIds.dated;
  if (/^\/v1\/templates\/\{id\}\/(?:pause|resume)/.test(path)) return templateIds.paused;
  if (path === '/v1/templates/{id}/end') return templateIds.doomed;
  if (path.startsWith('/v1/templates/')) return method === 'DELETE' ? templateIds.doomed : templateIds.changed;
  return method === 'DELETE' ? doomedIds : ids;
}

function valuesFor({ path }: Operation, known: KnownThings): KnownThings {
  const own = Object.entries(known.values).filter(([name]) => name.startsWith(`${path} `));
  const values = Object.fromEntries(own.map(([name, right]) => [name.slice(path.length + 1), right] as const));
  return { ...known, values: { ...known.values, ...values } };
}

function requestOf(document: OpenApiDocument, operation: Operation, known: KnownThings): fc.Arbitrary<ApiRequest> {
  const of = (place: Parameter['in']) => operation.parameters.filter((parameter) => parameter.in === place);
  const named = { ...known, ids: idsFor(operation, known) };
  const valid = operation.body
    ? arbitraryOf(document, operation.body, valuesFor(operation, known))
    : fc.constant(undefined);
  const body = operation.body
    ? fc.oneof(
        { weight: 6, arbitrary: valid.map(json) },
        { weight: 4, arbitrary: mutated(valid).map(json) },
        { weight: 1, arbitrary: RAW_BODIES },
      )
    : fc.constant(undefined);
  return fc
    .record({
      path: parameterValues(document, of('path'), named),
      query: parameterValues(document, of('query'), valuesFor(operation, known)),
      unknownParameter: sometimes(1 / 12, fc.constantFrom('unknown', 'limit[]', '__proto__')),
      ifMatch: sometimes(1 / 4, IF_MATCH),
      ifNoneMatch: sometimes(1 / 6, IF_MATCH),
      idempotencyKey: sometimes(1 / 4, KEYS),
      contentType: sometimes(
        1 / 20,
        fc.constantFrom('text/plain', 'application/xml', 'application/json; charset=utf-16'),
      ),
      accept: sometimes(1 / 5, fc.constantFrom('application/problem+json', '*/*', 'text/html')),
      body,
    })
    .map((drawn) => {
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodedSegment(drawn.path[name]));
      const query = Object.entries(drawn.query).flatMap(([name, value]) =>
        value === undefined ? [] : [value].flat().map((one) => `${name}=${encoded(one)}`),
      );
      if (drawn.unknownParameter) query.push(`${encodeURIComponent(drawn.unknownParameter)}=1`);
      const headers: Record<string, string> = {};
      const give = (name: string, value: string | undefined): void => {
        if (value !== undefined) headers[name] = value;
      };
      give('accept', drawn.accept);
      give('if-none-match', operation.method === 'GET' ? drawn.ifNoneMatch : undefined);
      give('if-match', /PATCH|PUT|DELETE/.test(operation.method) ? drawn.ifMatch : undefined);
      give('idempotency-key', operation.method === 'POST' ? drawn.idempotencyKey : undefined);
      if (drawn.body !== undefined) give('content-type', drawn.contentType ?? 'application/json');
      return { operation, target: `${path}${query.length ? `?${query.join('&')}` : ''}`, headers, body: drawn.body };
    });
}
