// Every use case of lists and tasks as an outside client on NATS sees it, in one process and in one per module.
import { TOPOLOGIES } from '../support/installation.ts';
import { NatsClient } from '../support/nats-client.ts';
import { sharedInstallation, type SharedInstallation, type SharedServer } from '../support/shared-installation.ts';

interface Thing {
  id: string;
  version: number;
  title: string;
  [field: string]: unknown;
}
interface Page {
  items: Thing[];
  page: { next_cursor: string | null };
}
interface Fault {
  code: string;
  message: string;
  details: unknown;
  request_id: string | null;
}

const NOBODY = '0198b6c2-5f5e-7c3a-9d0e-000000000000';

describe.each(TOPOLOGIES)('tasks over NATS, %s', (topology) => {
  let installation: SharedInstallation;
  let server: SharedServer;
  let client: NatsClient;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ server } = installation);
    client = await NatsClient.connect(installation.nats.url, installation.key);
  });
  afterAll(() => client?.close());

  test('lists live from creation to deletion', async () => {
    const made = await client.call<Thing>('api.tasks.create_list', { title: 'Groceries' });
    expect(made).toMatchObject({ status: 200, body: { title: 'Groceries', version: 1 } });
    expect(made.header('ETag')).toBe('"1.0-0"');
    const { id } = made.body;
    const changed = await client.call<Thing>('api.tasks.update_list', { id, patch: { title: 'Food' } });
    expect(changed.body).toMatchObject({ id, title: 'Food', version: 2 });
    const replaced = await client.call<Thing>('api.tasks.replace_list', { id, title: 'Drinks' });
    expect(replaced.body).toMatchObject({ id, title: 'Drinks', version: 3 });
    expect((await client.call<Thing>('api.tasks.get_list', { id })).body).toEqual(replaced.body);
    const found = await client.call<Page>('api.tasks.find_lists', { limit: 500 });
    expect(found.body.items.map((list) => list.id)).toContain(id);
    expect(await client.call('api.tasks.delete_list', { id })).toMatchObject({ status: 200, body: undefined });
    const gone = await client.call<Fault>('api.tasks.get_list', { id });
    expect(gone).toMatchObject({ status: 404, body: { code: 'list_not_found', details: { id } } });
    expect(gone.header('Nats-Service-Error')).toBe('list_not_found');
  });

  test('tasks live from creation to deletion, and REST sees the same', async () => {
    const list = (await client.call<Thing>('api.tasks.create_list', { title: 'Work' })).body;
    const made = await client.call<Thing>('api.tasks.create_task', { title: 'Write', list_id: list.id, tags: ['a'] });
    expect(made.header('ETag')).toBe('"1"');
    const { id } = made.body;
    // Not in_progress: time tracking would set the task's duration between two reads.
    const patched = await client.call<Thing>('api.tasks.update_task', { id, patch: { status: 'blocked' } });
    expect(patched.body).toMatchObject({ status: 'blocked', version: 2 });
    const replaced = await client.call<Thing>('api.tasks.replace_task', { id, title: 'Rewrite', list_id: list.id });
    expect(replaced.body).toMatchObject({ title: 'Rewrite', version: 3, tags: [] });
    expect((await server.api.get<Thing>(`/v1/tasks/${id}`)).body).toEqual(replaced.body);
    const ofList = await client.call<Page>('api.tasks.find_tasks_of_list', { id: list.id, limit: 5 });
    expect(ofList.body.items.map((task) => task.id)).toEqual([id]);
    const found = await client.call<Page>('api.tasks.find_tasks', { list_id: list.id, status: ['todo'] });
    expect(found.body.items.map((task) => task.id)).toEqual([id]);
    const batch = await client.call<{ results: { status: number }[] }>('api.tasks.batch_tasks', {
      mode: 'each',
      operations: [
        { op: 'create', task: { title: 'More', list_id: list.id } },
        { op: 'delete', id: NOBODY },
      ],
    });
    expect(batch.body.results.map(({ status }) => status)).toEqual([201, 404]);
    expect(await client.call('api.tasks.delete_task', { id })).toMatchObject({ status: 200 });
    expect((await server.api.get(`/v1/tasks/${id}`)).status).toBe(404);
  });

  test('tags', async () => {
    const task = (await client.call<Thing>('api.tasks.create_task', { title: 'Tagged', tags: ['one', 'two'] })).body;
    const renamed = await client.call('api.tasks.rename_tag', { name: 'one', patch: { name: 'uno' } });
    expect(renamed.body).toEqual({ name: 'uno', changed: 1 });
    expect((await client.call('api.tasks.merge_tag', { name: 'two', into: 'uno' })).body).toEqual({
      name: 'uno',
      changed: 1,
    });
    expect((await client.call<Thing>('api.tasks.get_task', { id: task.id })).body['tags']).toEqual(['uno']);
    const tags = await client.call<{ items: { name: string }[] }>('api.tasks.find_tags', { prefix: 'un' });
    expect(tags.body.items.map(({ name }) => name)).toEqual(['uno']);
  });

  test('If-Match guards changes, whatever the client calls its header', async () => {
    const { id } = (await client.call<Thing>('api.tasks.create_task', { title: 'Guarded' })).body;
    const change = { id, patch: { title: 'Changed' } };
    expect((await client.call('api.tasks.update_task', change, { 'If-Match': '"1"' })).status).toBe(200);
    const late = await client.call<Fault>('api.tasks.update_task', change, { 'if-match': '"1"' });
    expect(late).toMatchObject({ status: 412, body: { code: 'version_conflict', details: { current_version: 2 } } });
  });

  test('Idempotency-Key replays, also what REST was told first', async () => {
    const key = { 'Idempotency-Key': `over-nats-${topology.length}` };
    const first = await client.call<Thing>('api.tasks.create_task', { title: 'Once' }, key);
    const again = await client.call<Thing>('api.tasks.create_task', { title: 'Once' }, key);
    expect(again.body.id).toBe(first.body.id);
    expect([first.header('Idempotent-Replayed'), again.header('Idempotent-Replayed')]).toEqual(['', 'true']);
    const overRest = await server.api.post<Thing>('/v1/tasks', { title: 'Once' }, key);
    expect(overRest.body.id).toBe(first.body.id);
    expect(overRest.headers.get('idempotent-replayed')).toBe('true');
    const other = await client.call<Fault>('api.tasks.create_task', { title: 'Twice' }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
  });

  test.each([
    ['no JSON', 'api.tasks.create_task', '{"title":', 400, 'invalid_json'],
    ['no body', 'api.tasks.create_task', undefined, 422, 'validation_error'],
    ['an array', 'api.tasks.create_task', [], 422, 'validation_error'],
    ['an unknown field', 'api.tasks.create_task', { title: 'x', colour: 'red' }, 422, 'unknown_field'],
    ['an empty patch', 'api.tasks.update_task', { id: NOBODY, patch: {} }, 422, 'empty_update'],
    [
      'a patch of what the service sets',
      'api.tasks.update_task',
      { id: NOBODY, patch: { completed_at: null } },
      422,
      'read_only_field',
    ],
    ['an unknown status', 'api.tasks.find_tasks', { status: ['gone'] }, 422, 'unknown_status'],
    ['an unknown id', 'api.tasks.get_task', { id: NOBODY }, 404, 'task_not_found'],
    ['an unknown method', 'api.tasks.explode', {}, 404, 'method_not_found'],
    ['an unknown module', 'api.weather.get', {}, 404, 'method_not_found'],
    ['a method for modules only', 'api.auth.verify', {}, 404, 'method_not_found'],
    ['another', 'api.tasks.materialise_occurrences', {}, 404, 'method_not_found'],
  ])('%s is refused by name', async (_what, subject, body, status, code) => {
    const answer = await client.call<Fault>(subject, body, { 'X-Request-ID': 'asked-1' });
    expect(answer).toMatchObject({ status, body: { code, request_id: 'asked-1' } });
  });

  test('an error has a request id also where the caller has none', async () => {
    const answer = await client.call<Fault>('api.tasks.get_task', { id: NOBODY });
    expect(answer.body.request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('faults name their fields by path', async () => {
    const answer = await client.call<Fault>('api.tasks.update_task', { id: NOBODY, patch: { priority: 'top' } });
    expect(answer.body.details).toEqual([expect.objectContaining({ field: 'patch.priority' })]);
  });

  test('a reference that does not exist is named by path', async () => {
    const create = { op: 'create', task: { title: 'x', list_id: NOBODY } };
    const answer = await client.call<Fault>('api.tasks.batch_tasks', { operations: [create] });
    expect(answer).toMatchObject({ status: 404, body: { code: 'list_not_found' } });
    expect(answer.body.details).toEqual({
      operation: 0,
      id: NOBODY,
      field: 'operations[0].task.list_id',
      code: 'not_found',
    });
  });

  test.each([
    ['none', {}],
    ['an unknown one', { Authorization: `Bearer mono_test_${'0'.repeat(12)}_${'a'.repeat(43)}` }],
    ['another word', { Authorization: 'Basic bW9ubzptb25v' }],
  ])('credential: %s', async (_what, headers) => {
    const silent = { Authorization: '' };
    const answer = await client.call<Fault>('api.tasks.find_lists', {}, { ...silent, ...headers });
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });

  test('a caller that names a principal itself is not believed', async () => {
    const principal = Buffer.from('{"kind":"module","id":"x","workspaceId":"y","scopes":["*"]}').toString('base64url');
    const headers = { Authorization: '', 'Bus-Principal': `${principal}.9999999999999.x` };
    expect((await client.call('api.tasks.find_lists', {}, headers)).status).toBe(401);
    expect((await client.call('services.tasks.find_lists', {}, headers)).status).toBe(401);
    expect((await client.call('services.tasks.find_lists', {})).status).toBe(403);
    expect((await client.call('internal.auth.verify', {})).status).toBe(403);
  });
});
