// API keys over REST and NATS: their rights, limits on granting rights, and revocation on every node.
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { NatsClient } from '../support/nats-client.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { sharedInstallation, type SharedInstallation, type SharedServer } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

interface Key {
  id: string;
  key: string;
  name: string;
  scopes: string[];
  state: string;
  version: number;
  credentials: { short_id: string; expires_at: string | null }[];
  last_used_at: string | null;
  expires_at: string | null;
}
interface Page<Item> {
  items: Item[];
}
interface Entry {
  action: string;
  source: string;
  actor: { kind: string; id: string };
  details: { id: string; occurred_at: string };
}

const KEYS = '/v1/api-keys';

async function status(api: ApiClient, path = '/v1/lists'): Promise<number> {
  return (await api.get(path)).status;
}

describe.each(TOPOLOGIES)('API keys, %s', (topology) => {
  let installation: SharedInstallation;
  let server: SharedServer;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ server } = installation);
  });

  async function make(input: object = {}, api: ApiClient = server.api): Promise<Key> {
    const made = await api.post<Key>(KEYS, { name: 'Test', scopes: ['tasks:read'], ...input });
    expect([made.status, made.body]).toEqual([201, expect.anything()]);
    return made.body;
  }
  const as = ({ key }: { key: string }): ApiClient => new ApiClient(server.url, key);

  test('a key is shown once, grants its scopes, and records its last use', async () => {
    const made = await make({ name: 'Reader' });
    expect(made.key).toMatch(/^mono_test_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
    expect(made).toMatchObject({ name: 'Reader', scopes: ['tasks:read'], state: 'active', version: 1 });
    const read = await server.api.get<Key>(`${KEYS}/${made.id}`);
    expect(JSON.stringify(read.body)).not.toContain(made.key.slice(-43));
    expect(read.body).not.toHaveProperty('key');
    expect(read.headers.get('etag')).toBe('"1"');
    expect(await status(as(made))).toBe(200);
    const refused = await as(made).post<ErrorBody>('/v1/lists', { title: 'No' });
    expect([refused.status, refused.body.error.code]).toEqual([403, 'forbidden']);
    expect(await status(as(made), KEYS)).toBe(403);
    const found = await server.api.get<Page<Key>>(`${KEYS}?limit=500&state=active`);
    expect(found.body.items.map(({ id }) => id)).toContain(made.id);
    await until('its use is noted', async () => (await server.api.get<Key>(`${KEYS}/${made.id}`)).body.last_used_at);
  });

  test('a response with a secret is not stored for a repeat', async () => {
    const key = { 'idempotency-key': 'shown-once' };
    expect((await server.api.post(KEYS, { name: 'Once', scopes: ['*'] }, key)).status).toBe(201);
    const again = await server.api.post<ErrorBody>(KEYS, { name: 'Once', scopes: ['*'] }, key);
    expect([again.status, again.body.error.code]).toEqual([409, 'secret_already_shown']);
  });

  test('returns 422 with the name of an invalid field', async () => {
    const answer = await server.api.post<ErrorBody>(KEYS, {
      name: ' ',
      scopes: ['operator', 'tasks:read'],
      list_ids: ['x'],
      allowed_ips: ['10.0.0.0/33'],
      expires_at: 'tomorrow',
    });
    expect(answer.status).toBe(422);
    const fields = (answer.body.error.details as { field: string }[]).map(({ field }) => field);
    expect(fields.toSorted()).toEqual(['allowed_ips', 'expires_at', 'list_ids', 'name', 'scopes']);
    const past = await server.api.post<ErrorBody>(KEYS, {
      name: 'Past',
      scopes: ['*'],
      expires_at: '2020-01-01T00:00:00Z',
    });
    expect(past.body.error.details).toEqual([
      { field: 'expires_at', code: 'out_of_range', issue: 'must be in the future' },
    ]);
    // A leap second counts as the second before it.
    expect((await make({ expires_at: '9999-12-31t23:59:60.5z' })).expires_at).toBe('9999-12-31T23:59:59.500Z');
  });

  describe('cannot grant more than they have', () => {
    const end = '2099-01-01T00:00:00.000Z';
    const LIST = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
    let limited: ApiClient;
    let limits: object;

    beforeAll(async () => {
      limits = { list_ids: [LIST], allowed_ips: ['127.0.0.0/8'], expires_at: end };
      limited = as(await make({ scopes: ['admin', 'tasks:read'], ...limits }));
    });

    test.each([
      ['scopes', { scopes: ['tasks:write'] }],
      ['scopes', { scopes: ['*'] }],
      ['list_ids', { list_ids: null }],
      ['list_ids', { list_ids: [LIST, LIST.replace('6e', '6f')] }],
      ['allowed_ips', { allowed_ips: null }],
      ['allowed_ips', { allowed_ips: ['0.0.0.0/0'] }],
      ['expires_at', { expires_at: null }],
      ['expires_at', { expires_at: '2099-01-01T00:00:00.001Z' }],
    ])('in %s: %j', async (field, more) => {
      const answer = await limited.post<ErrorBody>(KEYS, { name: 'More', scopes: ['admin'], ...limits, ...more });
      expect([answer.status, answer.body.error.code]).toEqual([403, 'forbidden']);
      expect(answer.body.error.details).toEqual([
        { field, code: 'not_allowed', issue: 'gives more than the caller has' },
      ]);
    });

    test('by updating a key, or by rotating one with more rights', async () => {
      const equal = await make({ scopes: ['tasks:read'], ...limits }, limited);
      const wider = await limited.patch<ErrorBody>(`${KEYS}/${equal.id}`, { expires_at: null });
      expect(wider.status).toBe(403);
      const longer = await make({ scopes: ['admin'], ...limits, expires_at: null });
      expect((await limited.post(`${KEYS}/${longer.id}/rotate`, {})).status).toBe(403);
      expect((await limited.post(`${KEYS}/${equal.id}/rotate`, {})).status).toBe(200);
    });

    test('returns 404 for a key with more rights, over REST and NATS', async () => {
      const master = await make({ scopes: ['*'] });
      const { key } = await make({ scopes: ['admin'], list_ids: [LIST] });
      const path = `${KEYS}/${master.id}`;
      const lesser = as({ key });
      const patch = { scopes: ['admin'], list_ids: [LIST] };
      const answers = [
        await lesser.get(path),
        await lesser.patch(path, patch),
        await lesser.post(`${path}/rotate`, {}),
        await lesser.delete(path),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
      const client = await NatsClient.connect(installation.nats.url, key);
      try {
        const calls = [
          await client.call('api.auth.get_api_key', { id: master.id }),
          await client.call('api.auth.update_api_key', { id: master.id, patch }),
          await client.call('api.auth.rotate_api_key', { id: master.id }),
          await client.call('api.auth.revoke_api_key', { id: master.id }),
        ];
        expect(calls.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
      } finally {
        await client.close();
      }
      expect(await status(as(master))).toBe(200);
    });
  });

  test('a key that is limited to addresses is rejected from others and over NATS', async () => {
    const here = await make({ allowed_ips: ['127.0.0.0/8', '::1'] });
    const elsewhere = await make({ allowed_ips: ['203.0.113.0/24', '2001:db8::/32'] });
    expect([await status(as(here)), await status(as(elsewhere))]).toEqual([200, 403]);
    // No proxy is trusted, so that forwarded addresses are ignored.
    const forged = await as(elsewhere).get('/v1/lists', {
      'x-forwarded-for': '203.0.113.7',
      forwarded: 'for=203.0.113.7',
    });
    expect(forged.status).toBe(403);
    const client = await NatsClient.connect(installation.nats.url, here.key);
    try {
      expect((await client.call('api.tasks.find_lists', {})).status).toBe(403);
    } finally {
      await client.close();
    }
  });

  test('a key that is limited to lists sees only those, over REST and NATS', async () => {
    const lists = await Promise.all(
      ['Mine', 'Other'].map((title) => server.api.post<{ id: string }>('/v1/lists', { title })),
    );
    const [mine = '', other = ''] = lists.map(({ body }) => body.id);
    const made = await make({ scopes: ['tasks:read', 'tasks:write'], list_ids: [mine] });
    const paths = [`/v1/lists/${mine}`, `/v1/lists/${other}`, `/v1/lists/${other}/tasks`];
    expect(await Promise.all(paths.map((path) => status(as(made), path)))).toEqual([200, 404, 404]);
    const tasks = [mine, other].map((list_id) => as(made).post('/v1/tasks', { title: 'New', list_id }));
    expect((await Promise.all(tasks)).map((answer) => answer.status)).toEqual([201, 404]);
    const client = await NatsClient.connect(installation.nats.url, made.key);
    try {
      const found = await client.call<Page<{ id: string }>>('api.tasks.find_lists', {});
      expect(found.body.items.map(({ id }) => id)).toEqual([mine]);
    } finally {
      await client.close();
    }
  });

  test('a key expires', async () => {
    let lifeMs = 750;
    // On a busy machine, a short-lived key has expired before its first use.
    const soon = await until('a key is used before it expires', async () => {
      lifeMs *= 2;
      const made = await make({ expires_at: new Date(Date.now() + lifeMs).toISOString() });
      return (await status(as(made))) === 200 && made;
    });
    await until('it is refused', async () => (await status(as(soon))) === 401);
    expect((await server.api.get<Key>(`${KEYS}/${soon.id}`)).body.state).toBe('expired');
  });

  test('after a rotation, the new secret works at once and the former one expires after the overlap', async () => {
    const made = await make();
    const rotated = await server.api.post<Key>(`${KEYS}/${made.id}/rotate`, { overlap: 'PT1H' });
    expect([rotated.status, rotated.body.version, rotated.body.credentials.length]).toEqual([200, 2, 2]);
    expect(rotated.body.key).not.toBe(made.key);
    expect([await status(as(rotated.body)), await status(as(made))]).toEqual([200, 200]);
    const second = await server.api.post<Key>(`${KEYS}/${made.id}/rotate`, { overlap: 'PT2S' });
    await until('the former one is refused', async () => (await status(as(rotated.body))) === 401);
    expect(await status(as(second.body))).toBe(200);
    const at = await server.api.post<Key>(`${KEYS}/${made.id}/rotate`, { overlap: 'PT0S' });
    await until('the second is refused', async () => (await status(as(second.body))) === 401);
    expect(await status(as(at.body))).toBe(200);
    const long = await server.api.post<ErrorBody>(`${KEYS}/${made.id}/rotate`, { overlap: 'P31D' });
    expect(long.body.error.details).toEqual([
      { field: 'overlap', code: 'out_of_range', issue: 'must be 30 days at most' },
    ]);
  });

  test('an update requires the current version and takes effect', async () => {
    const made = await make();
    const path = `${KEYS}/${made.id}`;
    expect((await server.api.patch(path, { scopes: ['*'] }, { 'if-match': '"7"' })).status).toBe(412);
    expect(await status(as(made), KEYS)).toBe(403);
    expect((await server.api.patch<Key>(path, { scopes: ['*'] }, { 'if-match': '"1"' })).body.version).toBe(2);
    await until('it has more rights', async () => (await status(as(made), KEYS)) === 200);
  });

  test('all operations work over NATS', async () => {
    const client = await NatsClient.connect(installation.nats.url, installation.key);
    try {
      const made = await client.call<Key>('api.auth.create_api_key', { name: 'By NATS', scopes: ['tasks:read'] });
      expect(made).toMatchObject({ status: 200, body: { name: 'By NATS' } });
      const { id } = made.body;
      expect((await client.call<Key>('api.auth.update_api_key', { id, patch: { name: 'New' } })).body.name).toBe('New');
      expect((await client.call<Key>('api.auth.rotate_api_key', { id })).body.key).toMatch(/^mono_/);
      expect((await client.call<Page<Key>>('api.auth.find_api_keys', { limit: 500 })).body.items).not.toEqual([]);
      expect((await client.call('api.auth.revoke_api_key', { id })).status).toBe(200);
      expect((await client.call<Key>('api.auth.get_api_key', { id })).body.state).toBe('revoked');
      expect((await client.call('api.auth.verify', {})).status).toBe(404);
    } finally {
      await client.close();
    }
  });

  test('the audit trail records creation, update, rotation and revocation once, without secrets', async () => {
    const made = await make({ name: 'Watched' });
    const path = `${KEYS}/${made.id}`;
    await server.api.patch(path, { name: 'Watched still' });
    const rotated = await server.api.post<Key>(`${path}/rotate`, {});
    expect((await server.api.delete(path)).status).toBe(204);
    expect((await server.api.delete(path)).status).toBe(204);
    expect((await server.api.patch<ErrorBody>(path, { name: 'x' })).body.error.code).toBe('api_key_revoked');
    const trail = async (): Promise<Entry[]> => {
      const all = await server.api.get<Page<Entry>>(
        `/v1/admin/audit?workspace_id=${installation.workspaceId}&limit=500&order_dir=desc`,
      );
      return all.body.items.filter(({ details }) => details.id === made.id).toReversed();
    };
    await until('all of it is kept', async () => (await trail()).length >= 4);
    // Several nodes write, so that the order is that of the times.
    const entries = (await trail()).toSorted((one, other) =>
      one.details.occurred_at.localeCompare(other.details.occurred_at),
    );
    expect(entries.map(({ action }) => action)).toEqual([
      'api_key.created',
      'api_key.updated',
      'api_key.rotated',
      'api_key.revoked',
    ]);
    for (const { source, actor } of entries) expect([source, actor.kind]).toEqual(['127.0.0.1', 'api_key']);
    for (const { key } of [made, rotated.body]) expect(JSON.stringify(entries)).not.toContain(key.slice(-43));
    expect((await server.api.get('/v1/admin/audit/verify')).body).toMatchObject({ ok: true });
  });
});

describe('a revoked key', () => {
  let first: SharedServer;
  let nodes: ServerProcess[] = [];

  beforeAll(async () => {
    const installation = await sharedInstallation();
    first = installation.server;
    // A node without auth requests verification from the others and caches it.
    nodes = await Promise.all([installation.startNode(), installation.startNode({ MODULES: 'tasks' })]);
  });
  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  test('is rejected by every node before a cache entry would expire', async () => {
    // A cache entry lasts five seconds, so that an earlier rejection shows that the event was consumed. On a busy machine, events
    // and requests may take as long, so that only another key shows it.
    const tookMs = await until('a key is refused before a cache entry would expire', async () => {
      const ms = await timeToRefusal();
      return ms < 4_000 && ms;
    });
    expect(tookMs).toBeLessThan(4_000);
    process.stdout.write(`revoked everywhere after ${Math.round(tookMs)} ms\n`);
  });

  /** In milliseconds, from the revocation of a key to its rejection by every node. */
  async function timeToRefusal(): Promise<number> {
    const made = await first.api.post<Key>(KEYS, { name: 'Doomed', scopes: ['tasks:read'] });
    const clients = [first, ...nodes].map(({ url }) => new ApiClient(url, made.body.key));
    const statuses = (): Promise<number[]> =>
      Promise.all(clients.map(async (client) => (await client.get('/v1/lists')).status));
    // Repeated, so that every node has a fresh cache entry.
    for (let turn = 0; turn < 5; turn += 1) expect(await statuses()).toEqual([200, 200, 200]);
    const began = performance.now();
    expect((await first.api.delete(`${KEYS}/${made.body.id}`)).status).toBe(204);
    await until('it is refused', async () => (await statuses()).every((status) => status === 401), { pauseMs: 5 });
    return performance.now() - began;
  }
});
