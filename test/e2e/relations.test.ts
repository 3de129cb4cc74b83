// Relations between tasks over both doors: what blocks what, who sees it, and what the change feed says of it.
import type { Change, ChangePage } from '@mono/changes/contract';
import type { Relation, RelationPage, Task, TaskPage } from '@mono/tasks/contract';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { NatsClient } from '../support/nats-client.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

describe.each(TOPOLOGIES)('relations, %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;
  let nats: NatsClient;
  let lists: [string, string];
  let fence: string;
  let paint: string;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
  });
  afterAll(() => nats?.close());
  beforeEach(async () => {
    lists = [await made('/v1/lists', { title: 'Garden' }), await made('/v1/lists', { title: 'Shopping' })];
    fence = await made('/v1/tasks', { title: 'Paint the fence', list_id: lists[0] });
    paint = await made('/v1/tasks', { title: 'Buy paint', list_id: lists[1] });
  });

  async function made(path: string, body: object): Promise<string> {
    const answer = await api.post<{ id: string }>(path, body);
    expect([path, answer.status]).toEqual([path, 201]);
    return answer.body.id;
  }

  async function keyWith(body: object): Promise<ApiClient> {
    const { body: made } = await api.post<{ key: string }>('/v1/api-keys', { name: 'Gardener', ...body });
    return new ApiClient(installation.server.url, made.key);
  }

  const relate = (from: string, kind: string, to: string, client = api) =>
    client.post<Relation & ErrorBody>(`/v1/tasks/${from}/relations`, { kind, task_id: to });
  const titles = async (filter: string): Promise<string[]> => {
    const query = `list_id=${lists[0]}&filter=${encodeURIComponent(filter)}`;
    return (await api.get<TaskPage>(`/v1/tasks?${query}`)).body.items.map(({ title }) => title);
  };

  test('a task is blocked across lists until its blocker is closed, alike over REST and NATS', async () => {
    const created = await relate(fence, 'blocked_by', paint);
    expect([created.status, created.body]).toMatchObject([201, { kind: 'blocked_by', task: { id: paint } }]);
    const { body: page } = await api.get<RelationPage>(`/v1/tasks/${paint}/relations`);
    expect(page.items).toMatchObject([{ id: created.body.id, kind: 'blocks', task: { title: 'Paint the fence' } }]);
    expect((await nats.call('api.tasks.find_relations', { id: paint })).body).toEqual(page);
    const cycle = await nats.call<{ code: string }>('api.tasks.create_relation', {
      id: fence,
      kind: 'blocks',
      task_id: paint,
    });
    expect([cycle.status, cycle.body.code]).toEqual([422, 'blocking_cycle']);
    const again = await relate(paint, 'blocks', fence);
    expect([again.status, again.body.error]).toMatchObject([
      409,
      { code: 'duplicate_relation', details: { relation_id: created.body.id } },
    ]);

    expect([await titles('blocked'), await titles('ready')]).toEqual([['Paint the fence'], []]);
    const before = await api.get<Task>(`/v1/tasks/${fence}`);
    expect([before.body.blocked_by_open, before.headers.get('etag')]).toEqual([1, '"2.0.1"']);
    await api.patch(`/v1/tasks/${paint}`, { status: 'done' });
    expect([await titles('blocked'), await titles('ready')]).toEqual([[], ['Paint the fence']]);
    const after = await api.get<Task>(`/v1/tasks/${fence}`);
    expect([after.body.version, after.body.blocked_by_open, after.headers.get('etag')]).toEqual([2, 0, '"2"']);

    const deleted = await nats.call('api.tasks.delete_relation', { id: fence, relation_id: created.body.id });
    expect(deleted.status).toBe(200);
    expect((await api.get<RelationPage>(`/v1/tasks/${paint}/relations`)).body.items).toEqual([]);
    expect((await api.delete(`/v1/tasks/${fence}/relations/${created.body.id}`)).status).toBe(404);
  });

  test('a blocked task that is done is answered with a warning', async () => {
    await relate(paint, 'blocks', fence);
    const done = await api.patch<Task>(`/v1/tasks/${fence}`, { status: 'done' });
    expect([done.status, done.body]).toMatchObject([
      200,
      { status: 'done', warnings: [{ code: 'blocked', task_ids: [paint] }] },
    ]);
    const operations = [{ op: 'update', id: fence, patch: { status: 'done' } }];
    const batch = await nats.call<{ results: { task: Task }[] }>('api.tasks.batch_tasks', { operations });
    expect(batch.body.results[0]?.task.warnings).toEqual(done.body.warnings);
  });

  test('the change feed has a change of both tasks', async () => {
    const since = (await api.get<ChangePage>('/v1/changes?types=task')).body.next_token;
    await relate(paint, 'blocks', fence);
    const changes: Change[] = [];
    let token = since;
    await until('the feed has the changes of both', async () => {
      const { body } = await api.get<ChangePage>(`/v1/changes?types=task&since=${token}&wait=PT5S&include=resource`);
      changes.push(...body.items.filter(({ version }) => version === 2));
      token = body.next_token;
      const seen = new Set(changes.map(({ thing_id: id }) => id));
      return seen.has(fence) && seen.has(paint);
    });
    for (const [of, count] of [
      [fence, 1],
      [paint, 0],
    ]) {
      expect(changes.filter(({ thing_id: id }) => id === of)).toMatchObject([
        { change: 'updated', fields: ['relations'], resource: { version: 2, blocked_by_open: count } },
      ]);
    }
  });

  test('a reader relates nothing, and a key of one list does not see the tasks of others', async () => {
    await relate(paint, 'blocks', fence);
    const reader = await keyWith({ scopes: ['tasks:read'] });
    expect((await relate(fence, 'relates_to', paint, reader)).status).toBe(403);
    expect((await reader.get<RelationPage>(`/v1/tasks/${fence}/relations`)).body.items).toHaveLength(1);
    const limited = await keyWith({ scopes: ['tasks:read', 'tasks:write'], list_ids: [lists[0]] });
    expect((await limited.get<RelationPage>(`/v1/tasks/${fence}/relations`)).body.items).toEqual([]);
    expect((await relate(fence, 'relates_to', paint, limited)).body.error.code).toBe('task_not_found');
    expect((await limited.get<RelationPage>(`/v1/tasks/${paint}/relations`)).status).toBe(404);
  });

  test('a deleted task comes back with its relations', async () => {
    await relate(paint, 'blocks', fence);
    await api.delete(`/v1/tasks/${paint}`);
    expect((await api.get<RelationPage>(`/v1/tasks/${fence}/relations?count=exact`)).body).toMatchObject({
      items: [],
      page: { total: 0 },
    });
    expect((await api.post(`/v1/trash/${paint}/restore`, {})).status).toBe(200);
    expect((await api.get<RelationPage>(`/v1/tasks/${fence}/relations`)).body.items).toHaveLength(1);
    expect(await titles('blocked')).toEqual(['Paint the fence']);
  });
});
