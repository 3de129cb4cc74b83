// Every route and every request over NATS, by every kind of credential. The rows derive from the operations.
import { Client } from 'pg';
import { operationsBySubject } from '@mono/edge';
import { hashSecret, makeApiKey, parseApiKey, ROLES, scopesOfRole } from '@mono/auth/contract';
import { isOperation, SCOPES, type AnyOperation } from '@mono/contract';
import { FEATURES } from '@mono/server/features';
import { routesOf } from '@mono/cli/routes';
import { textOf } from '../property/answers.ts';
import { ApiClient } from '../support/api-client.ts';
import { storeDeadLetters } from '../support/dead-letters.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf, newAddress, signIn } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation, type SharedServer } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

/** null: any valid credential; user: a signed-in user, optionally with a scope; public: none. */
type Needed = string | { user: string } | null;

interface Row {
  needed: Needed;
  /** Whether callers that are limited to lists may call. */
  respectsLists: boolean;
  personalTokens: AnyOperation['personalTokens'];
}

const OPERATIONS: readonly AnyOperation[] = FEATURES.flatMap(({ operations: maps = [], contracts }) => [
  ...maps.flatMap((operations) => Object.values(operations)),
  ...contracts.filter((contract): contract is AnyOperation => isOperation(contract)),
]).filter(({ callers }) => callers !== 'modules');

function rowOf({
  callers,
  scope,
  respectsLists,
  personalTokens,
}: Pick<AnyOperation, 'callers' | 'scope' | 'respectsLists' | 'personalTokens'>): Row {
  if (callers === 'anybody') return { needed: 'public', respectsLists: true, personalTokens: 'all' };
  if (callers === 'user') return { needed: scope === null ? 'user' : { user: scope }, respectsLists, personalTokens };
  return { needed: scope, respectsLists, personalTokens };
}

function routeName(method: string | null, path: string | null): string {
  return `${method} ${path?.replaceAll(/:(\w+)/g, '{$1}')}`;
}

/** By method and path in the syntax of OpenAPI. */
const ROUTES: Readonly<Record<string, Row>> = Object.fromEntries([
  // Hand-written routes, with and without an operation.
  ...routesOf(FEATURES)
    .filter(({ path }) => path?.startsWith('/v1/'))
    .map((row) => [routeName(row.method, row.path), rowOf(row)] as const),
  ...OPERATIONS.flatMap((operation) =>
    operation.http ? [[routeName(operation.http.method, operation.http.path), rowOf(operation)] as const] : [],
  ),
]);

/** By subject for outside clients. */
const REQUESTS: Readonly<Record<string, Row>> = Object.fromEntries(
  OPERATIONS.map((operation) => [operation.subject.replace(/^services/, 'api'), rowOf(operation)]),
) as Record<string, Row>;

/** Requests that end the session of their token. */
const ENDING = /sign.out/;

/** A timer without a task belongs to no list. */
const TIMERS = /timer\/(?:start|switch)$/;

const NOBODY = '0198b6c2-5f5e-7c3a-9d0e-000000000000';
const SECRET = 'of the other workspace';
/** An occurrence of the template. */
const ORIGINAL_START = '2999-01-01T09:00:00';

type Expected = (row: Row) => number | 'in';

function letsIn(scope: string, needed: Needed): boolean {
  return (
    needed === null ||
    needed === 'public' ||
    needed === scope ||
    (scope === '*' && typeof needed === 'string' && needed !== 'operator' && needed !== 'user')
  );
}

function roleExpects(role: (typeof ROLES)[number]): Expected {
  return ({ needed }) => {
    const rights = new Set<Needed>([...scopesOfRole(role), 'user', 'public', null]);
    const right = typeof needed === 'object' && needed !== null ? needed.user : needed;
    return rights.has(right) || (rights.has('*') && right !== 'operator') ? 'in' : 403;
  };
}

/** @param scopes of a token of an owner. */
function tokenExpects(scopes: readonly string[], limited = false): Expected {
  const isWhole = scopes.includes('*') && !limited;
  return ({ needed, respectsLists, personalTokens }) => {
    if (personalTokens === 'none' || (personalTokens === 'whole' && !isWhole)) return 403;
    if (limited && !respectsLists) return 403;
    const right = typeof needed === 'object' && needed !== null ? needed.user : needed;
    return right === 'user' || scopes.some((scope) => letsIn(scope, right)) ? 'in' : 403;
  };
}

const refused: Expected = ({ needed }) => (needed === 'public' ? 'in' : 401);

/** The credentials, and the expected status of a request that requires a right. */
const CREDENTIALS: Readonly<Record<string, Expected>> = {
  none: refused,
  unknown: refused,
  'wrong secret': refused,
  expired: refused,
  revoked: refused,
  'signed out': refused,
  'forged token': refused,
  ...Object.fromEntries(ROLES.map((role) => [`role ${role}`, roleExpects(role)])),
  ...Object.fromEntries(
    [...SCOPES, 'operator'].map((scope) => [
      scope,
      ({ needed }: Row) => (letsIn(scope, needed) ? ('in' as const) : 403),
    ]),
  ),
  'token of an owner': tokenExpects(['*']),
  'token to read tasks': tokenExpects(['tasks:read']),
  'token limited to a list': tokenExpects(['*'], true),
  'revoked token': refused,
  'limited to a list': ({ needed, respectsLists }) => (letsIn('*', needed) && respectsLists ? 'in' : 403),
};

function outcome(status: number): number | 'in' {
  return status === 401 || status === 403 || status >= 500 ? status : 'in';
}

/** Creates a resource. @returns its id. */
async function made(api: ApiClient, path: string, body: object): Promise<string> {
  return (await api.post<{ id: string }>(path, body)).body.id;
}

describe.each(TOPOLOGIES)('authorization, %s', (topology) => {
  let installation: SharedInstallation;
  let server: SharedServer;
  let database: Client;
  let otherWorkspace: string;
  let things: Record<string, string>;
  let links: MailLinks;
  const keys: Record<string, string | undefined> = {};
  /** The addresses of users by role. */
  const addresses: Record<string, string> = {};

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ server } = installation);
    database = new Client({ connectionString: installation.database.url });
    await database.connect();
    links = await MailLinks.open(installation);
    await makeKeys();
    things = await makeThings();
  });
  afterAll(async () => {
    await database?.end();
    await links?.close();
  });

  async function keyOf(workspaceId: string, scopes: readonly string[], more = ''): Promise<string> {
    const key = makeApiKey('test');
    const { shortId, secretHash } = parseApiKey(key) ?? { shortId: '', secretHash: hashSecret('') };
    const { rows } = await database.query<{ id: string }>(
      `INSERT INTO auth.api_key (id, workspace_id, name, scopes) VALUES (gen_random_uuid(), $1, 'Matrix', $2) RETURNING id`,
      [workspaceId, scopes],
    );
    const id = rows[0]?.id;
    await database.query(
      `INSERT INTO auth.api_key_secret (short_id, api_key_id, environment, secret_hash) VALUES ($1, $2, 'test', $3)`,
      [shortId, id, secretHash],
    );
    if (more !== '') await database.query(`UPDATE auth.api_key SET ${more} WHERE id = $1`, [id]);
    return key;
  }

  async function makeKeys(): Promise<void> {
    const { workspaceId } = installation;
    for (const scope of [...SCOPES, 'operator']) keys[scope] = await keyOf(workspaceId, [scope]);
    keys['expired'] = await keyOf(workspaceId, ['*', 'operator'], `expires_at = now() - interval '1 second'`);
    keys['revoked'] = await keyOf(workspaceId, ['*', 'operator'], 'revoked_at = now()');
    keys['limited to a list'] = await keyOf(workspaceId, ['*'], `list_ids = ARRAY['${NOBODY}'::uuid]`);
    keys['unknown'] = makeApiKey('test');
    keys['wrong secret'] = `${keys['*']?.slice(0, -43)}${'A'.repeat(43)}`;
    const other = await database.query<{ id: string }>(
      `INSERT INTO auth.workspace (id, name) VALUES (gen_random_uuid(), 'Other') RETURNING id`,
    );
    otherWorkspace = other.rows[0]?.id ?? '';
    keys['key of another workspace'] = await keyOf(otherWorkspace, ['*']);
    const stranger = await memberOf(server.url, links, otherWorkspace, 'owner');
    keys['user of another workspace'] = stranger.tokens.access_token;
    for (const role of ROLES) {
      const person = await memberOf(server.url, links, workspaceId, role);
      keys[`role ${role}`] = person.tokens.access_token;
      // A user whose sessions may end.
      addresses[`role ${role}`] = (await memberOf(server.url, links, workspaceId, role)).email;
    }
    await makeTokens();
    keys['forged token'] = `${keys['role owner']?.slice(0, -4)}AAAA`;
    const leaver = await memberOf(server.url, links, workspaceId, 'owner');
    await leaver.api.post('/v1/auth/sign-out', {});
    // The node has verified the token for the sign-out, and remembers that until the event arrives.
    await until('the token is refused', async () => (await leaver.api.get('/v1/lists')).status === 401);
    keys['signed out'] = leaver.tokens.access_token;
  }

  async function makeTokens(): Promise<void> {
    const { workspaceId: workspace_id } = installation;
    const { api } = await memberOf(server.url, links, workspace_id, 'owner');
    const make = async (input: object) =>
      (await api.post<{ id: string; token: string }>('/v1/me/tokens', { name: 'Matrix', scopes: ['*'], ...input }))
        .body;
    keys['token of an owner'] = (await make({})).token;
    keys['token to read tasks'] = (await make({ scopes: ['tasks:read'] })).token;
    keys['token limited to a list'] = (await make({ workspace_id, list_ids: [NOBODY] })).token;
    const revoked = await make({});
    await api.delete(`/v1/me/tokens/${revoked.id}`);
    keys['revoked token'] = revoked.token;
  }

  /** The credential, or a new one of the same user if the request ends its session. */
  async function keyFor(request: string, credential: string): Promise<string | undefined> {
    const email = addresses[credential];
    if (!ENDING.test(request) || email === undefined) return keys[credential];
    return (await signIn(server.url, email)).access_token;
  }

  /** The ids of things in the first workspace, by parts of paths and names of requests. */
  async function makeThings(): Promise<Record<string, string>> {
    const list = await made(server.api, '/v1/lists', { title: SECRET });
    const task = await made(server.api, '/v1/tasks', { title: SECRET, list_id: list, tags: [SECRET] });
    const template = await made(server.api, '/v1/templates', {
      title: SECRET,
      list_id: list,
      rule: { dtstart: ORIGINAL_START, timezone: 'UTC', pattern: 'yearly' },
    });
    const feed = await made(server.api, '/v1/feeds', { list_id: list, name: SECRET });
    const webhook = await made(server.api, '/v1/webhooks', {
      url: 'https://webhooks.invalid/hook',
      event_types: ['webhooks.*'],
      description: SECRET,
    });
    const filter = await made(server.api, '/v1/filters', { name: SECRET, filter: 'open' });
    const delivery = await made(server.api, `/v1/webhooks/${webhook}/test`, {});
    const key = await made(server.api, '/v1/api-keys', { name: SECRET, scopes: ['*'] });
    const [letter = ''] = await storeDeadLetters(installation.database.url, 1);
    const workspace = (await server.api.get<{ items: { id: string }[] }>('/v1/workspaces')).body.items[0]?.id ?? '';
    await server.api.patch(`/v1/workspaces/${workspace}`, { name: SECRET });
    const invite = await made(server.api, '/v1/invites', { email: newAddress('invited') });
    const member = await memberOf(server.url, links, workspace, 'member');
    await member.api.patch('/v1/me', { name: SECRET });
    const sessions = (await member.api.get<{ items: { id: string }[] }>('/v1/me/sessions')).body.items;
    const entry = await made(member.api, '/v1/time/entries', {
      task_id: task,
      started_at: '2026-01-05T09:00:00Z',
      duration: 'PT1H',
      note: SECRET,
    });
    return {
      invites: invite,
      invite,
      members: member.id,
      member: member.id,
      me: sessions[0]?.id ?? '',
      session: sessions[0]?.id ?? '',
      lists: list,
      tasks: task,
      templates: template,
      feeds: feed,
      filters: filter,
      filter,
      webhooks: webhook,
      webhook,
      delivery,
      'api-keys': key,
      admin: letter,
      workspaces: workspace,
      time: entry,
      entry,
      list,
      task,
      template,
      feed,
      // Named by its own name.
      tags: SECRET,
      api_key: key,
      workspace,
    };
  }

  async function overHttp(
    route: string,
    key: string | undefined,
    id: string,
    body: object = {},
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const [method = '', path = ''] = route.split(' ');
    const target = path
      .replace('{id}', id)
      .replace('{name}', encodeURIComponent(id))
      .replace('{original_start}', ORIGINAL_START)
      .replace('{delivery_id}', things['delivery'] ?? NOBODY);
    return fetch(new URL(target, server.url), {
      method,
      headers: {
        ...headers,
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(method === 'GET' || method === 'DELETE' ? {} : { 'content-type': 'application/json' }),
      },
      ...(method === 'GET' || method === 'DELETE' ? {} : { body: JSON.stringify(body) }),
    });
  }

  test('covers every route and request', async () => {
    const document = await server.api.get<{ paths: Record<string, object> }>('/openapi.json');
    const routes = Object.entries(document.body.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(Object.keys(ROUTES).toSorted()).toEqual(routes.filter((route) => route.includes(' /v1/')).toSorted());
    const contracts = [...FEATURES.flatMap((feature) => feature.contracts), ...OPERATIONS];
    const subjects = [...operationsBySubject([...new Set(contracts)]).keys()];
    expect(Object.keys(REQUESTS).toSorted()).toEqual(subjects.toSorted());
  });

  test.each(Object.keys(CREDENTIALS))('over HTTP with the credential: %s', async (credential) => {
    const outcomes: Record<string, number | 'in'> = {};
    const expected: Record<string, number | 'in'> = {};
    for (const [route, row] of Object.entries(ROUTES)) {
      if (credential === 'token limited to a list' && TIMERS.test(route)) continue;
      const answer = await overHttp(route, await keyFor(route, credential), NOBODY);
      outcomes[route] = outcome(answer.status);
      expected[route] = CREDENTIALS[credential]?.(row) ?? 500;
      await answer.body?.cancel();
    }
    expect(outcomes).toEqual(expected);
  });

  test.each(Object.keys(CREDENTIALS))('over NATS with the credential: %s', async (credential) => {
    const client = await NatsClient.connect(installation.nats.url, keys[credential] ?? '');
    try {
      const outcomes: Record<string, number | 'in'> = {};
      const expected: Record<string, number | 'in'> = {};
      for (const [subject, row] of Object.entries(REQUESTS)) {
        const authorization = `Bearer ${(await keyFor(subject, credential)) ?? ''}`;
        outcomes[subject] = outcome(
          (await client.call(subject, { id: NOBODY }, { Authorization: authorization })).status,
        );
        expected[subject] = CREDENTIALS[credential]?.(row) ?? 500;
      }
      expect(outcomes).toEqual(expected);
    } finally {
      await client.close();
    }
  });

  const OTHERS = ['key of another workspace', 'user of another workspace'];
  test.each(OTHERS)('returns 404 to the %s for every route and request', async (credential) => {
    const key = keys[credential];
    const found: string[] = [];
    for (const route of Object.keys(ROUTES).filter((name) => !ENDING.test(name))) {
      const id = things[route.split('/')[2] ?? ''] ?? NOBODY;
      const answer = await overHttp(route, key, id, { title: 'Stolen', name: 'Stolen', into: 'Stolen' });
      const shown = await textOf(answer);
      const named = route.includes('{');
      const required = ROUTES[route]?.needed ?? null;
      const forUsers = required === 'user' || (typeof required === 'object' && required !== null);
      const needed = required === 'operator' || (forUsers && credential.startsWith('key')) ? 403 : 404;
      // Validation precedes look-ups, so that an invalid body gets 422 for any id.
      if (named && answer.status !== needed && answer.status !== 422) found.push(`${route}: ${answer.status}`);
      if (shown.includes(SECRET) && !route.includes('{name}')) found.push(`${route}: ${shown}`);
    }
    const client = await NatsClient.connect(installation.nats.url, key ?? '');
    try {
      for (const subject of Object.keys(REQUESTS).filter((name) => !ENDING.test(name))) {
        const thing =
          [
            'webhook',
            'api_key',
            'workspace',
            'session',
            'member',
            'invite',
            'template',
            'feed',
            'entry',
            'filter',
            'task',
            'list',
          ].find((name) => subject.includes(name)) ?? 'task';
        const named = { id: things[thing], delivery_id: things['delivery'], name: 'Stolen' };
        const { body } = await client.call(
          subject,
          /deliver/.test(subject) ? named : { id: named.id, name: named.name },
        );
        if (JSON.stringify(body ?? '').includes(SECRET)) found.push(subject);
      }
    } finally {
      await client.close();
    }
    expect(found).toEqual([]);
    await requireUntouched();
  });

  test.each(ROLES)('returns 404 to a %s for a workspace of others', async (role) => {
    const outcomes = new Set<number>();
    for (const [route, { needed }] of Object.entries(ROUTES)) {
      if (needed === 'public') continue;
      const answer = await overHttp(route, keys[`role ${role}`], NOBODY, {}, { 'x-workspace': otherWorkspace });
      outcomes.add(answer.status);
      await answer.body?.cancel();
    }
    expect([...outcomes]).toEqual([404]);
  });

  async function requireUntouched(): Promise<void> {
    for (const [path, field] of [
      [`/v1/lists/${things['list']}`, 'title'],
      [`/v1/tasks/${things['task']}`, 'title'],
      [`/v1/filters/${things['filter']}`, 'name'],
      [`/v1/api-keys/${things['api_key']}`, 'name'],
      [`/v1/time/entries/${things['entry']}`, 'note'],
      [`/v1/workspaces/${things['workspace']}`, 'name'],
    ] as const) {
      const { status, body } = await new ApiClient(server.url, installation.key).get<Record<string, unknown>>(path);
      expect([status, body[field], body['version']]).toEqual([200, SECRET, path.startsWith('/v1/workspaces/') ? 2 : 1]);
    }
    const { body } = await new ApiClient(server.url, installation.key).get<object>(`/v1/members/${things['member']}`);
    expect(body).toMatchObject({ role: 'member', version: 1 });
  }
});
