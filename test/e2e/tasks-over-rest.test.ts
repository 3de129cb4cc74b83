// The REST conventions, each at least once, through a real server process.
import type { Answer, ApiClient, ErrorBody } from '../support/api-client.ts';
import { ApiClient as Client } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { sharedInstallation, type SharedInstallation, type SharedServer } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

interface Thing {
  id: string;
  version: number;
  title: string;
  [field: string]: unknown;
}
interface Page {
  items: Thing[];
  page: { limit: number; next_cursor: string | null; total: number | null };
}

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const NOBODY = '0198b6c2-5f5e-7c3a-9d0e-000000000000';

function refused(answer: Answer): [number, string] {
  return [answer.status, (answer.body as ErrorBody).error.code];
}

describe.each(TOPOLOGIES)('tasks over REST, %s', (topology) => {
  let installation: SharedInstallation;
  let server: SharedServer;
  let api: ApiClient;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ server } = installation);
    ({ api } = server);
  });

  async function makeTask(task: object): Promise<Thing> {
    const { status, body } = await api.post<Thing>('/v1/tasks', task);
    expect([status, body]).toEqual([201, expect.anything()]);
    return body;
  }
  async function makeList(list: object): Promise<Thing> {
    const { status, body } = await api.post<Thing>('/v1/lists', list);
    expect(status).toBe(201);
    return body;
  }

  describe('a task', () => {
    test('is created with defaults, in the Inbox, and read again', async () => {
      const created = await api.post<Thing>('/v1/tasks', { title: 'Buy milk' });
      expect(created.status).toBe(201);
      expect(created.headers.get('etag')).toBe('"1"');
      expect(created.body).toMatchObject({
        title: 'Buy milk',
        status: 'todo',
        priority: 'medium',
        tags: [],
        version: 1,
      });
      expect(created.body.id).toMatch(UUID_V7);
      expect(created.body['created_at']).toMatch(INSTANT);
      const read = await api.get<Thing>(`/v1/tasks/${created.body.id}`);
      expect(read.body).toEqual(created.body);
      const list = await api.get<Thing>(`/v1/lists/${created.body['list_id'] as string}`);
      expect(list.body['is_inbox']).toBe(true);
    });

    test('answers instants in UTC, whatever the offset sent', async () => {
      const task = await makeTask({ title: 'Meet', due_at: '2026-05-08T18:00:00+02:00' });
      expect(new Date(task['due_at'] as string).toISOString()).toBe('2026-05-08T16:00:00.000Z');
      expect(task['due_at']).toMatch(INSTANT);
    });

    test('is patched by merge: absent stays, null clears', async () => {
      const task = await makeTask({ title: 'Bake', description: 'Bread', tags: ['kitchen'] });
      const { status, body } = await api.patch<Thing>(`/v1/tasks/${task.id}`, { description: null });
      expect(status).toBe(200);
      expect(body).toMatchObject({ title: 'Bake', description: null, tags: ['kitchen'], version: 2 });
    });

    test('is read with its list, under a tag of its own', async () => {
      const list = await makeList({ title: 'Kitchen' });
      const { id } = await makeTask({ title: 'Bake', list_id: list.id });
      const path = `/v1/tasks/${id}?include=list,subtasks`;
      const read = await api.get<Thing>(path);
      expect(read.body).toMatchObject({ id, list: { id: list.id, title: 'Kitchen' }, subtasks: [] });
      const tag = read.headers.get('etag') ?? '';
      const headers = { 'If-None-Match': tag };
      expect((await api.get(path, headers)).status).toBe(304);
      await api.patch(`/v1/lists/${list.id}`, { title: 'Bakery' });
      expect((await api.get(path, headers)).status).toBe(200);
      expect((await api.patch(`/v1/tasks/${id}`, { title: 'Bake bread' }, { 'If-Match': tag })).status).toBe(200);
      expect((await api.get(`/v1/tasks/${id}?include=nothing`)).status).toBe(422);
    });

    test('is replaced by PUT: what is absent returns to its default', async () => {
      const task = await makeTask({ title: 'Bake', description: 'Bread', priority: 'high' });
      const { status, body } = await api.put<Thing>(`/v1/tasks/${task.id}`, {
        list_id: task['list_id'],
        title: 'Bake more',
      });
      expect(status).toBe(200);
      expect(body).toMatchObject({ title: 'Bake more', description: null, priority: 'medium', version: 2 });
    });

    test('carries completed_at while it is done, and only then', async () => {
      const task = await makeTask({ title: 'Finish' });
      const done = await api.patch<Thing>(`/v1/tasks/${task.id}`, { status: 'done' });
      expect(done.body['completed_at']).toMatch(INSTANT);
      const again = await api.patch<Thing>(`/v1/tasks/${task.id}`, { status: 'todo' });
      expect(again.body['completed_at']).toBeNull();
    });

    test('is gone after DELETE', async () => {
      const task = await makeTask({ title: 'Forget' });
      const gone = await api.delete(`/v1/tasks/${task.id}`);
      expect([gone.status, gone.body]).toEqual([204, '']);
      expect(refused(await api.get(`/v1/tasks/${task.id}`))).toEqual([404, 'task_not_found']);
    });

    test('takes subtasks five levels deep, and no cycle', async () => {
      const chain = [await makeTask({ title: 'Level 1' })];
      for (let level = 2; level <= 5; level += 1)
        chain.push(await makeTask({ title: `Level ${level}`, parent_id: chain.at(-1)?.id }));
      const tooDeep = await api.post('/v1/tasks', { title: 'Level 6', parent_id: chain.at(-1)?.id });
      expect(refused(tooDeep)).toEqual([422, 'subtasks_too_deep']);
      const cycle = await api.patch(`/v1/tasks/${chain[0]?.id}`, { parent_id: chain[2]?.id });
      expect(refused(cycle)).toEqual([422, 'parent_cycle']);
    });
  });

  describe('conditions', () => {
    test('If-Match guards every change by the version', async () => {
      const task = await makeTask({ title: 'Guarded' });
      const path = `/v1/tasks/${task.id}`;
      const first = await api.patch(path, { title: 'First' }, { 'if-match': '"1"' });
      expect([first.status, first.headers.get('etag')]).toEqual([200, '"2"']);
      const stale = { 'if-match': '"1"' };
      expect(refused(await api.patch(path, { title: 'Late' }, stale))).toEqual([412, 'version_conflict']);
      const replacement = { list_id: task['list_id'], title: 'Late' };
      expect(refused(await api.put(path, replacement, stale))).toEqual([412, 'version_conflict']);
      expect(refused(await api.delete(path, stale))).toEqual([412, 'version_conflict']);
      expect((await api.delete(path, { 'if-match': '"2"' })).status).toBe(204);
    });

    test('If-None-Match answers 304 without a body', async () => {
      const task = await makeTask({ title: 'Cached' });
      const { status, body } = await api.get(`/v1/tasks/${task.id}`, { 'if-none-match': '"1"' });
      expect([status, body]).toEqual([304, '']);
      expect((await api.get(`/v1/tasks/${task.id}`, { 'if-none-match': '"7"' })).status).toBe(200);
    });

    test("a list's ETag moves with its counts, while only its version guards writes", async () => {
      const list = await makeList({ title: 'Counted' });
      const before = (await api.get(`/v1/lists/${list.id}`)).headers.get('etag') ?? '';
      await makeTask({ title: 'One more', list_id: list.id });
      const after = (await api.get(`/v1/lists/${list.id}`)).headers.get('etag') ?? '';
      expect(before).toMatch(/^"1\./);
      expect(after).not.toBe(before);
      expect((await api.patch(`/v1/lists/${list.id}`, { title: 'Still 1' }, { 'if-match': before })).status).toBe(200);
    });
  });

  describe('Idempotency-Key', () => {
    test('replays the answer instead of creating twice', async () => {
      const key = { 'idempotency-key': 'once-only' };
      const first = await api.post<Thing>('/v1/tasks', { title: 'Once' }, key);
      const second = await api.post<Thing>('/v1/tasks', { title: 'Once' }, key);
      expect([first.status, second.status]).toEqual([201, 201]);
      expect(second.body).toEqual(first.body);
      expect(first.headers.get('idempotent-replayed')).toBeNull();
      expect(second.headers.get('idempotent-replayed')).toBe('true');
    });

    test('with another body is refused', async () => {
      const key = { 'idempotency-key': 'two-bodies' };
      await api.post('/v1/tasks', { title: 'One' }, key);
      expect(refused(await api.post('/v1/tasks', { title: 'Two' }, key))).toEqual([422, 'idempotency_key_reused']);
    });

    test('used at the same moment creates one', async () => {
      const key = { 'idempotency-key': 'at-once' };
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => api.post<Thing>('/v1/tasks', { title: 'Race' }, key)),
      );
      const created = answers.filter(({ status }) => status === 201);
      expect(new Set(created.map(({ body }) => body.id)).size).toBe(1);
      expect(created.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    });

    test('keeps successes only', async () => {
      const key = { 'idempotency-key': 'failed-first' };
      const list = await makeList({ title: 'Unique', title_policy: 'unique' });
      const inTheWay = await makeTask({ title: 'Same', list_id: list.id });
      const body = { title: 'same ', list_id: list.id };
      expect(refused(await api.post('/v1/tasks', body, key))).toEqual([409, 'duplicate_task']);
      await api.delete(`/v1/tasks/${inTheWay.id}`);
      expect((await api.post('/v1/tasks', body, key)).status).toBe(201);
    });
  });

  describe('collections', () => {
    test('filter, search, order and page by cursor', async () => {
      const list = await makeList({ title: 'Filtered' });
      for (const [title, priority] of [
        ['Peel apples', 'low'],
        ['Bake apple pie', 'urgent'],
        ['Wash up', 'high'],
      ])
        await makeTask({ title, priority, list_id: list.id, tags: title?.includes('pple') ? ['fruit'] : [] });
      const titles = async (query: string) =>
        (await api.get<Page>(`/v1/tasks?list_id=${list.id}&${query}`)).body.items.map(({ title }) => title);
      expect(await titles('tag=fruit&order_by=title')).toEqual(['Bake apple pie', 'Peel apples']);
      expect(await titles('q=apple+pi')).toEqual(['Bake apple pie']);
      expect(await titles('order_by=priority&order_dir=desc')).toEqual(['Bake apple pie', 'Wash up', 'Peel apples']);
      expect(await titles('priority=low&priority=high&order_by=title')).toEqual(['Peel apples', 'Wash up']);
      const first = await api.get<Page>(`/v1/lists/${list.id}/tasks?limit=2&count=exact`);
      expect(first.body.page).toMatchObject({ limit: 2, total: 3, next_cursor: expect.any(String) as string });
      const cursor = encodeURIComponent(first.body.page.next_cursor ?? '');
      const second = await api.get<Page>(`/v1/lists/${list.id}/tasks?limit=2&cursor=${cursor}`);
      expect(second.body.items).toHaveLength(1);
      expect(second.body.page).toEqual({ limit: 2, next_cursor: null, total: null });
      const offset = await api.get<Page>(`/v1/lists/${list.id}/tasks?offset=2`);
      expect(offset.body.items).toEqual(second.body.items);
    });

    test('hide what is archived and cancelled, unless it is named', async () => {
      const list = await makeList({ title: 'Hidden' });
      await makeTask({ title: 'Away', status: 'archived', list_id: list.id });
      expect((await api.get<Page>(`/v1/tasks?list_id=${list.id}`)).body.items).toEqual([]);
      expect((await api.get<Page>(`/v1/tasks?list_id=${list.id}&status=archived`)).body.items).toHaveLength(1);
    });

    test('refuse a cursor of another filter, and one that is none', async () => {
      const list = await makeList({ title: 'Cursors' });
      for (let count = 0; count < 3; count += 1) await makeTask({ title: `Task ${count}`, list_id: list.id });
      const { body } = await api.get<Page>(`/v1/tasks?list_id=${list.id}&limit=1`);
      const cursor = encodeURIComponent(body.page.next_cursor ?? '');
      for (const query of [`limit=1&cursor=${cursor}`, `order_by=title&cursor=${cursor}`, 'cursor=nonsense'])
        expect(refused(await api.get(`/v1/tasks?${query}`))).toEqual([422, 'validation_error']);
    });

    test.each([
      ['limit=0', 'limit'],
      ['limit=501', 'limit'],
      ['offset=10001', 'offset'],
      ['due_before=yesterday', 'due_before'],
      ['list_id=1', 'list_id'],
      ['order_by=colour', 'order_by'],
      ['color=red', 'color'],
      ['limit=1&limit=2', 'limit'],
    ])('refuse ?%s by the name of the parameter', async (query, name) => {
      const answer = await api.get<ErrorBody>(`/v1/tasks?${query}`);
      expect(answer.status).toBe(422);
      expect(JSON.stringify(answer.body.error)).toContain(name);
    });
  });

  describe('errors', () => {
    test('have one envelope, or problem+json where Accept prefers it', async () => {
      const plain = await api.get<ErrorBody>(`/v1/tasks/${NOBODY}`, { 'x-request-id': 'request-4711' });
      expect(plain.body).toMatchObject({
        error: {
          code: 'task_not_found',
          message: expect.stringContaining(NOBODY) as string,
          request_id: 'request-4711',
        },
      });
      const problem = await api.get(`/v1/tasks/${NOBODY}`, {
        accept: 'application/problem+json',
        'x-request-id': 'request-4711',
      });
      expect(problem.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(problem.body).toMatchObject({ status: 404, code: 'task_not_found', request_id: 'request-4711' });
    });

    test('carry a request id of their own where the one sent is not sane', async () => {
      for (const sent of ['x'.repeat(2000), 'a b\tc']) {
        const { headers } = await api.get('/v1/tasks?limit=1', { 'x-request-id': sent });
        expect(headers.get('x-request-id')).toBeTruthy();
        expect(headers.get('x-request-id')).not.toBe(sent);
      }
    });

    test.each<[string, string, Parameters<ApiClient['request']>[2], number, string]>([
      ['a title that is missing', '/v1/tasks', { body: {} }, 422, 'validation_error'],
      ['a title that is too long', '/v1/tasks', { body: { title: 'x'.repeat(256) } }, 422, 'validation_error'],
      ['an unknown field', '/v1/tasks', { body: { title: 'a', color: 'red' } }, 422, 'unknown_field'],
      ['a read-only field', '/v1/tasks', { body: { title: 'a', version: 7 } }, 422, 'read_only_field'],
      ['an unknown status', '/v1/tasks', { body: { title: 'a', status: 'lost' } }, 422, 'unknown_status'],
      [
        'a day that does not exist',
        '/v1/tasks',
        { body: { title: 'a', due_on: '2026-02-30' } },
        422,
        'validation_error',
      ],
      ['JSON that is none', '/v1/tasks', { rawBody: '{"title":' }, 400, 'invalid_json'],
      [
        'another media type',
        '/v1/tasks',
        { rawBody: 'a', headers: { 'content-type': 'text/plain' } },
        415,
        'unsupported_media_type',
      ],
      [
        'more than 1 MiB',
        '/v1/tasks',
        { body: { title: 'a', description: 'x'.repeat(1_100_000) } },
        413,
        'payload_too_large',
      ],
      ['a list that is not there', '/v1/tasks', { body: { title: 'a', list_id: NOBODY } }, 404, 'list_not_found'],
    ])('%s is refused', async (_what, path, options, status, code) => {
      expect(refused(await api.request('POST', path, options))).toEqual([status, code]);
    });

    test('a reference that does not exist is named by its field', async () => {
      const { body } = await api.post<ErrorBody>('/v1/tasks', { title: 'a', list_id: NOBODY });
      expect(body.error).toMatchObject({
        code: 'list_not_found',
        details: { id: NOBODY, field: 'list_id', code: 'not_found' },
      });
    });

    test('an empty patch is refused', async () => {
      const task = await makeTask({ title: 'Unchanged' });
      expect(refused(await api.patch(`/v1/tasks/${task.id}`, {}))).toEqual([422, 'empty_update']);
    });

    test('a patch of a field that the service sets is told that it is read-only', async () => {
      const task = await makeTask({ title: 'Unchanged' });
      const patch = { completed_at: '2026-01-01T00:00:00Z' };
      expect(refused(await api.patch(`/v1/tasks/${task.id}`, patch))).toEqual([422, 'read_only_field']);
    });

    test('a route that is not there is a 404 in the same envelope, another method a 405 or 404', async () => {
      const { status, body } = await api.get<ErrorBody>('/v1/nowhere');
      expect([status, body.error.code]).toEqual([404, expect.stringMatching(/not_found$/)]);
      expect([404, 405]).toContain((await api.delete('/v1/tasks')).status);
    });

    test('without a key, or with a wrong one, nothing under /v1 answers', async () => {
      const wrong = `${installation.key.slice(0, -1)}${installation.key.endsWith('A') ? 'B' : 'A'}`;
      for (const client of [
        new Client(server.url),
        new Client(server.url, 'nonsense'),
        new Client(server.url, wrong),
      ]) {
        expect(refused(await client.get('/v1/tasks'))).toEqual([401, 'unauthorized']);
        expect(refused(await client.post('/v1/tasks', { title: 'a' }))).toEqual([401, 'unauthorized']);
      }
    });
  });

  describe('batches', () => {
    test('are all or nothing by default', async () => {
      const list = await makeList({ title: 'Atomic' });
      const refusal = await api.post('/v1/tasks/batch', {
        operations: [
          { op: 'create', task: { title: 'a', list_id: list.id } },
          { op: 'delete', id: NOBODY },
        ],
      });
      expect(refusal.status).toBe(404);
      expect((await api.get<Page>(`/v1/tasks?list_id=${list.id}`)).body.items).toEqual([]);
    });

    test('with `each` tell a result per operation', async () => {
      const { status, body } = await api.post<{ results: { status: number }[] }>('/v1/tasks/batch', {
        mode: 'each',
        operations: [
          { op: 'create', task: { title: 'a' } },
          { op: 'delete', id: NOBODY },
        ],
      });
      expect(status).toBe(200);
      expect(body.results.map((result) => result.status)).toEqual([201, 404]);
    });
  });

  describe('tags and lists', () => {
    test('tags are counted, renamed, merged and deleted', async () => {
      await makeTask({ title: 'a', tags: ['e2e-old', 'e2e-kept'] });
      expect((await api.patch('/v1/tags/e2e-old', { name: 'e2e-new' })).status).toBe(200);
      expect((await api.post('/v1/tags/e2e-new/merge', { into: 'e2e-kept' })).body).toMatchObject({ changed: 1 });
      const { body } = await api.get<{ items: unknown[] }>('/v1/tags?prefix=e2e-');
      expect(body.items).toEqual([{ name: 'e2e-kept', count: 1 }]);
      expect((await api.delete('/v1/tags/e2e-kept')).body).toEqual({ name: 'e2e-kept', changed: 1 });
      expect((await api.delete('/v1/tags/e2e-kept')).status).toBe(404);
    });

    test('a list with tasks is deleted only when one says what becomes of them', async () => {
      const list = await makeList({ title: 'Full' });
      const other = await makeList({ title: 'Other' });
      const task = await makeTask({ title: 'a', list_id: list.id });
      expect(refused(await api.delete(`/v1/lists/${list.id}`))).toEqual([409, 'list_not_empty']);
      expect((await api.delete(`/v1/lists/${list.id}?tasks=move&to=${other.id}`)).status).toBe(204);
      expect((await api.get<Thing>(`/v1/tasks/${task.id}`)).body['list_id']).toBe(other.id);
      expect((await api.delete(`/v1/lists/${other.id}?tasks=delete`)).status).toBe(204);
      expect((await api.get(`/v1/tasks/${task.id}`)).status).toBe(404);
    });
  });

  describe('operations', () => {
    test('health, metrics and documents need no key', async () => {
      const open = new Client(server.url);
      for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json', '/docs'])
        expect([path, (await open.get(path)).status]).toEqual([path, 200]);
      expect((await open.get<{ openapi: string }>('/openapi.json')).body.openapi).toMatch(/^3\.1/);
    });

    test('metrics tell latency by the template of the route, never by ids', async () => {
      const task = await makeTask({ title: 'Measured' });
      await api.get(`/v1/tasks/${task.id}`);
      const { body } = await api.get<string>('/metrics');
      expect(body).toMatch(/route="\/v1\/tasks\/[:{]id\}?"/);
      expect(body).not.toContain(task.id);
    });

    test('the log names each request by its id and holds no key', async () => {
      await api.get('/v1/tasks?limit=1', { 'x-request-id': 'seen-in-the-log' });
      // Lines are written in batches.
      await until('the line is in the log', () => server.output().includes('seen-in-the-log'));
      expect(server.output()).not.toContain(installation.key);
    });
  });
});
