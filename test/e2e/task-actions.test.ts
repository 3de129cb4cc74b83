// Completing, reopening, moving and duplicating tasks over both doors.
import type { ChangedTasks, List, Task } from '@mono/tasks/contract';
import type { ApiClient, ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { MailLinks } from '../support/mail-links.ts';
import { NatsClient } from '../support/nats-client.ts';
import { memberOf, signUp } from '../support/people.ts';
import { sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';

describe.each(TOPOLOGIES)('actions on tasks, %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;
  let nats: NatsClient;
  let list: List;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
    list = (await api.post<List>('/v1/lists', { title: 'Board' })).body;
  });
  afterAll(() => nats?.close());

  const make = async (title = 'Paint'): Promise<Task> =>
    (await api.post<Task>('/v1/tasks', { title, list_id: list.id })).body;

  /** As `curl -X POST` sends it. */
  function postNothing(path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${installation.key}` };
    return fetch(new URL(path, installation.server.url), { method: 'POST', headers });
  }

  test('need no body, take an empty one, and refuse fields that they do not have', async () => {
    const { id } = await make();
    expect((await postNothing(`/v1/tasks/${id}/complete`)).status).toBe(200);
    expect((await api.post(`/v1/tasks/${id}/reopen`, {})).status).toBe(200);
    expect((await postNothing(`/v1/tasks/${id}/duplicate`)).status).toBe(201);
    expect((await postNothing(`/v1/tasks/${id}/move`)).status).toBe(422);
    for (const action of ['complete', 'reopen', 'move', 'duplicate']) {
      const refused = await api.post<ErrorBody>(`/v1/tasks/${id}/${action}`, { until: 'tomorrow' });
      expect([refused.status, refused.body.error.code]).toEqual([422, 'unknown_field']);
      expect(refused.body.error.details).toEqual([expect.objectContaining({ field: 'until' })]);
      const over = await nats.call<{ code: string }>(`api.tasks.${action}_task`, { id, until: 'tomorrow' });
      expect([over.status, over.body.code]).toEqual([422, 'unknown_field']);
    }
    expect((await api.get<Task>(`/v1/tasks/${id}`)).body.version).toBe(3);
  });

  test('of all tasks that a filter finds, over both doors', async () => {
    const title = `Bulk ${topology}`;
    const { id } = await make(title);
    const filter = `list:Board & title:"${title}"`;
    const patch = { priority: 'urgent', tags: ['bulk'] };
    const rehearsal = await api.post<ChangedTasks>('/v1/tasks/bulk', { filter, change: { patch }, dry_run: true });
    expect([rehearsal.status, rehearsal.body.matched, rehearsal.body.changed]).toEqual([200, 1, 1]);
    const changed = await nats.call<ChangedTasks>('api.tasks.change_tasks', { filter, change: { patch } });
    expect([changed.status, changed.body]).toEqual([200, Object.assign(rehearsal.body, { dry_run: false })]);
    expect(changed.body.results).toEqual([
      { id, status: 200, previous_version: 1, version: 2, previous: { priority: 'medium', tags: [] }, error: null },
    ]);
    const wrong = await api.post<ErrorBody>('/v1/tasks/bulk', { filter, change: { patch: { title: 'All the same' } } });
    expect([wrong.status, wrong.body.error.code]).toEqual([422, 'unknown_field']);
    expect((await api.post('/v1/tasks/bulk', { filter, change: { action: 'delete' } })).status).toBe(200);
    expect((await api.get(`/v1/tasks/${id}`)).status).toBe(404);
    expect((await api.post(`/v1/trash/${id}/restore`, {})).status).toBe(200);
  });

  test('answer with the task and its tag, guarded by If-Match', async () => {
    const { id } = await make();
    const done = await api.post<Task>(`/v1/tasks/${id}/complete`, undefined, { 'If-Match': '"1"' });
    expect([done.status, done.headers.get('etag'), done.body.status]).toEqual([200, '"2"', 'done']);
    expect((await api.post(`/v1/tasks/${id}/reopen`, undefined, { 'If-Match': '"1"' })).status).toBe(412);
    const reopened = await nats.call<Task>('api.tasks.reopen_task', { id });
    expect([reopened.status, reopened.body.status, reopened.body.version]).toEqual([200, 'todo', 3]);
    const neighbour = await make('Sand');
    const moved = await nats.call<Task>('api.tasks.move_task', { id, after: neighbour.id });
    expect([moved.status, moved.body.version]).toEqual([200, 4]);
    const nowhere = await api.post<ErrorBody>(`/v1/tasks/${id}/move`, { list_id: neighbour.id });
    expect([nowhere.status, nowhere.body.error.code]).toEqual([404, 'list_not_found']);
  });

  test('duplicate answers 201 with the place of the duplicate, once for a key', async () => {
    const { id } = await make();
    const key = { 'Idempotency-Key': `duplicate-${id}` };
    const made = await api.post<Task>(`/v1/tasks/${id}/duplicate`, { title: 'Paint again' }, key);
    expect([made.status, made.headers.get('location')]).toEqual([201, `/v1/tasks/${made.body.id}`]);
    const again = await api.post<Task>(`/v1/tasks/${id}/duplicate`, { title: 'Paint again' }, key);
    expect(again.body).toEqual(made.body);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const over = await nats.call<Task>('api.tasks.duplicate_task', { id });
    expect([over.status, over.body.title]).toEqual([200, 'Paint']);
  });

  test('viewers may do none of them', async () => {
    const links = await MailLinks.open(installation);
    try {
      const { api: owner } = await signUp(installation.server.url, links);
      const { body: whose } = await owner.get<{ items: { id: string }[] }>('/v1/workspaces');
      const viewer = await memberOf(installation.server.url, links, whose.items[0]?.id ?? '', 'viewer');
      const { id } = (await owner.post<Task>('/v1/tasks', { title: 'Paint' })).body;
      for (const action of ['complete', 'reopen', 'move', 'duplicate'])
        expect((await viewer.api.post(`/v1/tasks/${id}/${action}`, {})).status).toBe(403);
      expect((await viewer.api.get(`/v1/tasks/${id}`)).status).toBe(200);
    } finally {
      await links.close();
    }
  });
});
