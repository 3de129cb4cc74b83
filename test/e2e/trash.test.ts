// The trash over both doors: what is deleted comes back, on one node and with a process for each module.
import type { Change, ChangePage } from '@mono/changes/contract';
import type { RestoredThing, TrashItem, TrashPage } from '@mono/trash/contract';
import { ApiClient, type ErrorBody } from '../support/api-client.ts';
import { TOPOLOGIES } from '../support/installation.ts';
import { NatsClient } from '../support/nats-client.ts';
import { createWorkspace, sharedInstallation, type SharedInstallation } from '../support/shared-installation.ts';
import { until } from '../support/until.ts';

describe.each(TOPOLOGIES)('the trash, %s', (topology) => {
  let installation: SharedInstallation;
  let api: ApiClient;
  let nats: NatsClient;

  beforeAll(async () => {
    installation = await sharedInstallation(topology);
    ({ api } = installation.server);
    nats = await NatsClient.connect(installation.nats.url, installation.key);
  });
  afterAll(() => nats?.close());

  async function made(path: string, body: object): Promise<string> {
    const answer = await api.post<{ id: string }>(path, body);
    expect([path, answer.status]).toEqual([path, 201]);
    return answer.body.id;
  }

  async function keyWith(body: object): Promise<ApiClient> {
    const { body: made } = await api.post<{ key: string }>('/v1/api-keys', { name: 'Collector', ...body });
    return new ApiClient(installation.server.url, made.key);
  }

  async function itemsOf(query: string, client = api): Promise<TrashItem[]> {
    const { status, body } = await client.get<TrashPage>(`/v1/trash?limit=500&${query}`);
    expect(status).toBe(200);
    return body.items;
  }

  const restore = (id: string, body: object = {}, client = api) =>
    client.post<RestoredThing & ErrorBody>(`/v1/trash/${id}/restore`, body);

  test('a deleted task is in it and comes back, alike over REST and NATS, and the change feed says so', async () => {
    const list = await made('/v1/lists', { title: 'Kept' });
    const parent = await made('/v1/tasks', { title: 'Parent', list_id: list, tags: ['a'] });
    const child = await made('/v1/tasks', { title: 'Child', list_id: list, parent_id: parent });
    const { body: before } = await api.get<object>(`/v1/tasks/${parent}`);
    const since = (await api.get<ChangePage>('/v1/changes?types=task')).body.next_token;
    expect((await api.delete(`/v1/tasks/${parent}`)).status).toBe(204);
    const [item] = await itemsOf(`list_id=${list}`);
    expect(item).toMatchObject({ id: parent, type: 'task', title: 'Parent', holds: { task: 1 } });
    expect(item?.deleted_by.kind).toBe('api_key');
    const overNats = await nats.call<TrashPage>('api.trash.find_trash', { list_id: list });
    expect(overNats.body.items).toEqual([item]);
    expect((await api.get(`/v1/tasks/${child}`)).status).toBe(404);

    const restored = await nats.call<RestoredThing>('api.trash.restore_from_trash', { id: parent });
    expect([restored.status, restored.body]).toMatchObject([200, { id: parent, version: 3, holds: { task: 1 } }]);
    const { body: after } = await api.get<object>(`/v1/tasks/${parent}`);
    expect(after).toEqual({ ...before, version: 3, updated_at: expect.any(String) });
    expect((await api.get(`/v1/tasks/${child}`)).body).toMatchObject({ parent_id: parent, list_id: list });
    expect(await itemsOf(`list_id=${list}`)).toEqual([]);
    const again = await restore(parent);
    expect([again.status, again.body.error.code]).toEqual([409, 'not_in_trash']);

    const changes: Change[] = [];
    let token = since;
    await until('the feed has both changes of both', async () => {
      const { body } = await api.get<ChangePage>(`/v1/changes?types=task&since=${token}&wait=PT5S`);
      changes.push(...body.items);
      token = body.next_token;
      // Changes of one thing may enter the feed in another order.
      const seen = new Set(changes.map(({ thing_id: id, change }) => `${id} ${change}`));
      return [parent, child].every((id) => seen.has(`${id} deleted`) && seen.has(`${id} restored`));
    });
    for (const id of [parent, child]) {
      // The creation may reach the feed after the token was taken.
      const own = changes
        .filter(({ thing_id: of, change }) => of === id && change !== 'created')
        .map(({ change, version }) => [change, version]);
      expect(own.toSorted(([, one], [, other]) => Number(one) - Number(other))).toEqual([
        ['deleted', 2],
        ['restored', 3],
      ]);
    }
  });

  test('a list comes back with its tasks, and its tasks not without it', async () => {
    const list = await made('/v1/lists', { title: 'Trip' });
    const early = await made('/v1/tasks', { title: 'Early', list_id: list });
    const task = await made('/v1/tasks', { title: 'Pack', list_id: list });
    await api.delete(`/v1/tasks/${early}`);
    expect((await api.delete(`/v1/lists/${list}?tasks=delete`)).status).toBe(204);
    const refused = await restore(early);
    expect([refused.status, refused.body.error]).toMatchObject([
      409,
      { code: 'list_in_trash', details: { list_id: list }, message: expect.stringContaining('restore the list') },
    ]);
    expect((await restore(list)).body).toMatchObject({ type: 'list', holds: { task: 1 } });
    expect((await api.get(`/v1/tasks/${task}`)).body).toMatchObject({ list_id: list });
    expect((await restore(early)).status).toBe(200);
    expect((await api.get(`/v1/lists/${list}`)).body).toMatchObject({ counts: { total: 2 } });
  });

  test('a deleted template is in it and comes back', async () => {
    const rule = { dtstart: '2999-01-01T09:00:00', timezone: 'UTC', pattern: 'yearly' };
    const template = await made('/v1/templates', { title: 'Yearly round', rule });
    await api.delete(`/v1/templates/${template}`);
    expect(await itemsOf('types=template&q=yearly')).toMatchObject([{ id: template, type: 'template' }]);
    expect((await restore(template)).body).toMatchObject({ id: template, type: 'template' });
    expect((await api.get(`/v1/templates/${template}`)).status).toBe(200);
  });

  test('pages go through the things of all owners, the newest first', async () => {
    const word = `paged-${topology}`;
    const list = await made('/v1/lists', { title: word });
    const ids: string[] = [];
    const rule = { dtstart: '2999-01-01T09:00:00', timezone: 'UTC', pattern: 'yearly' };
    for (let index = 0; index < 6; index += 1) {
      const [path, body] = index % 2 ? ['/v1/templates', { rule }] : ['/v1/tasks', {}];
      const id = await made(path, { title: word, list_id: list, ...body });
      await api.delete(`${path}/${id}`);
      ids.push(id);
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await api.get<TrashPage>(`/v1/trash?q=${word}&limit=2&count=exact${more}`);
      expect(body.page.total).toBe(6);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.page.next_cursor;
    }
    expect(seen).toEqual(ids.toReversed());
  });

  test('each credential sees and restores only what it may', async () => {
    const [mine, theirs] = [await made('/v1/lists', { title: 'Mine' }), await made('/v1/lists', { title: 'Theirs' })];
    const moved = await made('/v1/tasks', { title: 'Moved', list_id: mine });
    const own = await made('/v1/tasks', { title: 'Own', list_id: theirs });
    // Each is in the other list when it is deleted.
    await api.patch(`/v1/tasks/${moved}`, { list_id: theirs });
    await api.patch(`/v1/tasks/${own}`, { list_id: mine });
    for (const id of [moved, own]) await api.delete(`/v1/tasks/${id}`);
    const limited = await keyWith({ scopes: ['tasks:read', 'tasks:write'], list_ids: [mine] });
    expect((await itemsOf('', limited)).map(({ id }) => id)).toEqual([own]);
    expect((await restore(moved, {}, limited)).body.error.code).toBe('trash_item_not_found');
    expect((await restore(own, { list_id: theirs }, limited)).body.error.code).toBe('list_not_found');

    const viewer = await keyWith({ scopes: ['tasks:read'] });
    expect((await itemsOf(`list_id=${theirs}`, viewer)).map(({ id }) => id)).toEqual([moved]);
    expect((await restore(moved, {}, viewer)).status).toBe(403);
    const planner = await keyWith({ scopes: ['recurrence:read'] });
    expect(await itemsOf(`list_id=${theirs}`, planner)).toEqual([]);

    const { key } = await createWorkspace(installation.database.url);
    const stranger = new ApiClient(installation.server.url, key);
    expect(await itemsOf('', stranger)).toEqual([]);
    expect((await restore(moved, {}, stranger)).body.error.code).toBe('trash_item_not_found');
    expect((await stranger.delete(`/v1/trash/${moved}`)).status).toBe(404);
    expect((await restore(own, {}, limited)).status).toBe(200);
  });

  test('only admins delete for good, out of the trash or past it', async () => {
    const [one, two] = [await made('/v1/tasks', { title: 'One' }), await made('/v1/tasks', { title: 'Two' })];
    const writer = await keyWith({ scopes: ['tasks:read', 'tasks:write'] });
    expect((await writer.delete(`/v1/tasks/${one}?permanent=true`)).status).toBe(403);
    await writer.delete(`/v1/tasks/${one}`);
    expect((await writer.delete(`/v1/trash/${one}`)).status).toBe(403);
    expect((await api.delete(`/v1/trash/${one}`)).status).toBe(204);
    expect((await api.delete(`/v1/tasks/${two}?permanent=true`)).status).toBe(204);
    for (const id of [one, two]) {
      const { status, body } = await restore(id);
      expect([status, body.error.code]).toEqual([404, 'trash_item_not_found']);
    }
  });

  test('faulty requests are refused by name, alike over both doors', async () => {
    const faulty: [object, string][] = [
      [{ types: ['weed'] }, 'validation_error'],
      [{ list_id: 'x' }, 'validation_error'],
      [{ q: ' ' }, 'validation_error'],
      [{ cursor: 'x' }, 'validation_error'],
      [{ offset: '1' }, 'unknown_field'],
    ];
    for (const [query, code] of faulty) {
      const text = new URLSearchParams(query as Record<string, string>);
      const rest = await api.get<ErrorBody>(`/v1/trash?${text.toString()}`);
      const bus = await nats.call<ErrorBody['error']>('api.trash.find_trash', query);
      expect([query, rest.status, rest.body.error.code]).toEqual([query, 422, code]);
      expect([query, bus.status, bus.body.code]).toEqual([query, 422, code]);
    }
    const blank = await restore('0198b6c2-5f5e-7c3a-9d0e-000000000000', { title: ' ' });
    expect([blank.status, blank.body.error.details]).toMatchObject([422, [{ field: 'title' }]]);
  });
});
