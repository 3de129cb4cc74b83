// The trash as people look through it.
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { List } from '../../contract/index.js';
import { createTasksWorld, type TasksOperations, type TasksTrash, type TasksWorld } from '../../testing/tasks-world.js';
import { callers, limitedTo } from '../../testing/trash.js';

let world: TasksWorld;
let api: TasksOperations;
let trash: TasksTrash;
let me: CallContext;
let viewer: CallContext;
let list: List;
let other: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  trash = world.trash();
});
afterAll(() => world?.end());
beforeEach(async () => {
  ({ me, viewer } = callers());
  list = await api.createList({ title: 'List' }, me);
  other = await api.createList({ title: 'Other' }, me);
});

async function deleted(title: string, list_id = list.id): Promise<string> {
  const { id } = await api.createTask({ title, list_id }, me);
  await api.deleteTask({ id }, me);
  return id;
}

const idsOf = async (query: object, call = me): Promise<string[]> =>
  (await trash.findTrash({ limit: 100, ...query }, call)).items.map(({ id }) => id);

test('the newest deletion comes first, page by page', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) ids.push(await deleted(`Task ${index}`));
  // The same instant is told apart by the id.
  await world.database.query('UPDATE tasks.trash SET deleted_at = now() WHERE workspace_id = $1', [
    me.principal.workspaceId,
  ]);
  const seen: string[] = [];
  let after: { deleted_at: string; id: string } | undefined;
  do {
    const { items, total } = await trash.findTrash({ limit: 2, count: true, ...(after && { after }) }, me);
    expect(total).toBe(5);
    seen.push(...items.map(({ id }) => id));
    after = items.at(-1);
    if (after) after = { deleted_at: after.deleted_at, id: after.id };
  } while (after);
  expect(seen).toEqual(ids.toSorted().toReversed());
});

test('by type, by list and by words of the title', async () => {
  const [one, two] = [await deleted('Straße fegen'), await deleted('100% sure', other.id)];
  await api.deleteList({ id: other.id }, me);
  expect(await idsOf({ types: ['task'] })).toEqual([two, one]);
  expect(await idsOf({ types: ['list'] })).toEqual([other.id]);
  expect(await idsOf({ types: ['template'] })).toEqual([]);
  expect(await idsOf({ list_id: other.id })).toEqual([other.id, two]);
  expect(await idsOf({ q: 'STRASSE' })).toEqual([]);
  expect(await idsOf({ q: 'straße' })).toEqual([one]);
  expect(await idsOf({ q: 'FEG' })).toEqual([one]);
  expect(await idsOf({ q: '0% s' })).toEqual([two]);
  expect(await idsOf({ q: 'oth' })).toEqual([other.id]);
});

test('viewers see it; other workspaces, callers without the scope and those limited to other lists do not', async () => {
  const [mine, theirs] = [await deleted('Mine'), await deleted('Theirs', other.id)];
  expect(await idsOf({}, viewer)).toEqual([theirs, mine]);
  expect(await idsOf({}, callers().me)).toEqual([]);
  expect(await idsOf({}, limitedTo(viewer, list.id))).toEqual([mine]);
  expect(await idsOf({}, limitedTo(viewer, uuidv7()))).toEqual([]);
  const without = { ...me, principal: { ...me.principal, scopes: ['time:read'] } };
  expect(await trash.findTrash({ limit: 10, count: true }, without)).toEqual({ items: [], total: 0 });
});

test('an item says who deleted it and when', async () => {
  const id = await deleted('Task');
  const [item] = (await trash.findTrash({ limit: 1 }, me)).items;
  expect(item).toEqual({
    id,
    type: 'task',
    title: 'Task',
    list_id: list.id,
    deleted_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    deleted_by: { kind: me.principal.kind, id: me.principal.id },
    holds: { task: 0 },
    expires_at: expect.stringMatching(/Z$/),
  });
});

test('nobody else sees what is in the trash', async () => {
  const id = await deleted('Quiet word');
  expect((await api.getList({ id: list.id }, me)).counts).toEqual({ total: 0, open: 0, upcoming: 0 });
  expect((await api.findTasks({ q: 'quiet', count: 'exact' }, me)).page.total).toBe(0);
  expect((await api.findTasks({ list_id: list.id }, me)).items).toEqual([]);
  await expect(api.updateTask({ id, patch: { title: 'New' } }, me)).rejects.toMatchObject({ code: 'task_not_found' });
  await expect(api.deleteTask({ id, permanent: 'true' }, me)).rejects.toMatchObject({ code: 'task_not_found' });
  await expect(api.createTask({ title: 'Below', parent_id: id }, me)).rejects.toMatchObject({ code: 'task_not_found' });
});

test('a batch puts each tree into the trash as one', async () => {
  const task = async (more: object = {}) => (await api.createTask({ title: 'Task', list_id: list.id, ...more }, me)).id;
  const [parent, single] = [await task(), await task()];
  const child = await task({ parent_id: parent });
  const operations = [child, parent, single].map((id) => ({ op: 'delete' as const, id }));
  await api.batchTasks({ operations }, me);
  const { items } = await trash.findTrash({ limit: 10 }, me);
  expect(new Map(items.map(({ id, holds }) => [id, holds]))).toEqual(
    new Map([
      [single, { task: 0 }],
      [parent, { task: 1 }],
    ]),
  );
});
