// People restore lists that they have deleted.
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { List, Task } from '../../contract/index.js';
import {
  createTasksWorld,
  insertTasks,
  taskSeed,
  type TasksOperations,
  type TasksTrash,
  type TasksWorld,
} from '../../testing/tasks-world.js';
import { callers, codeOf, eventsOf, limitedTo, namesOf, shownOf } from '../../testing/trash.js';

let world: TasksWorld;
let api: TasksOperations;
let trash: TasksTrash;
let me: CallContext;
let member: CallContext;
let list: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  trash = world.trash();
});
afterAll(() => world?.end());
beforeEach(async () => {
  ({ me, member } = callers());
  list = await api.createList({ title: 'List', title_policy: 'unique', description: 'All of it' }, me);
});

const create = async (title: string, more: object = {}): Promise<Task> =>
  await api.createTask({ title, list_id: list.id, ...more }, me);
const remove = (): Promise<void> => api.deleteList({ id: list.id, tasks: 'delete' }, me);
const restore = async (more: object = {}, call = me) =>
  (await trash.restoreFromTrash({ id: list.id, ...more }, call)).restored;
const taskOf = async ({ id }: Pick<Task, 'id'>): Promise<Task> => await api.getTask({ id }, me);

test('it comes back with the tasks that went with it, and not with those that went before', async () => {
  const early = await create('Early');
  const parent = await create('Parent', { tags: ['a'] });
  const child = await create('Child', { parent_id: parent.id });
  const before = await Promise.all([parent, child].map(taskOf));
  await api.deleteTask({ id: early.id }, me);
  await remove();
  expect(await codeOf(api.getList({ id: list.id }, me))).toBe('list_not_found');
  const { items, total } = await trash.findTrash({ limit: 10, count: true }, me);
  expect(total).toBe(2);
  expect(items).toMatchObject([
    { id: list.id, type: 'list', title: 'List', list_id: null, holds: { task: 2 } },
    { id: early.id, type: 'task', title: 'Early', list_id: list.id, holds: { task: 0 } },
  ]);

  expect(await restore()).toEqual({
    id: list.id,
    type: 'list',
    title: 'List',
    list_id: null,
    version: 3,
    holds: { task: 2 },
  });
  const { version: _v, updated_at: _u, counts: _c, ...shown } = list;
  expect(await api.getList({ id: list.id }, me)).toMatchObject({ ...shown, version: 3, counts: { total: 2, open: 2 } });
  expect((await Promise.all(before.map(taskOf))).map(shownOf)).toEqual(before.map(shownOf));
  expect(await namesOf(world, list.id)).toEqual(['list_created', 'list_deleted', 'list_restored']);
  expect((await eventsOf(world, child.id)).at(-1)).toMatchObject({
    event: 'restored',
    root: { type: 'list', id: list.id },
  });
  expect(await codeOf(taskOf(early))).toBe('task_not_found');
  await trash.restoreFromTrash({ id: early.id }, me);
  expect(await taskOf(early)).toMatchObject({ list_id: list.id });
  // Its policy holds again.
  expect(await codeOf(create('PARENT'))).toBe('duplicate_task');
  expect(await codeOf(restore())).toBe('not_in_trash');
});

test('a task that was restored into another list before stays there', async () => {
  const [moved, kept] = [await create('Moved'), await create('Kept')];
  const other = await api.createList({ title: 'Other' }, me);
  await remove();
  expect(await codeOf(trash.restoreFromTrash({ id: moved.id }, me))).toBe('list_in_trash');
  await trash.restoreFromTrash({ id: moved.id, list_id: other.id }, me);
  expect(await restore({ title: 'List again' })).toMatchObject({ title: 'List again', holds: { task: 1 } });
  expect([await taskOf(moved), await taskOf(kept)]).toMatchObject([{ list_id: other.id }, { list_id: list.id }]);
  expect(await api.getList({ id: list.id }, me)).toMatchObject({ title: 'List again' });
});

test('subtasks in other lists go and come with it, to their own list where that is still there', async () => {
  const [stays, goes] = [await api.createList({ title: 'Stays' }, me), await api.createList({ title: 'Goes' }, me)];
  const above = await api.createTask({ title: 'Above', list_id: stays.id }, me);
  const parent = await create('Parent', { parent_id: above.id });
  const [one, two] = [
    await create('One', { parent_id: parent.id, list_id: stays.id }),
    await create('Two', { parent_id: parent.id, list_id: goes.id }),
  ];
  await remove();
  await api.deleteList({ id: goes.id }, me);
  await restore();
  expect([await taskOf(parent), await taskOf(one), await taskOf(two)]).toMatchObject([
    { parent_id: above.id, list_id: list.id },
    { parent_id: parent.id, list_id: stays.id },
    { parent_id: parent.id, list_id: list.id },
  ]);
});

test('a list whose tasks were moved comes back empty', async () => {
  const task = await create('Task');
  const to = await api.createList({ title: 'To' }, me);
  await api.deleteList({ id: list.id, tasks: 'move', to: to.id }, me);
  await restore();
  expect(await api.getList({ id: list.id }, me)).toMatchObject({ counts: { total: 0 } });
  expect(await taskOf(task)).toMatchObject({ list_id: to.id });
});

test('it does not come back into a list', async () => {
  await remove();
  await expect(restore({ list_id: uuidv7() })).rejects.toMatchObject({ details: [{ field: 'list_id' }] });
});

test('a caller that is limited to it restores it, and one that is limited to another does not', async () => {
  const other = await api.createList({ title: 'Other' }, me);
  await create('Task');
  await remove();
  const outside = limitedTo(member, other.id);
  expect((await trash.findTrash({ limit: 10 }, outside)).items).toEqual([]);
  expect(await restore({}, outside)).toBeNull();
  expect(await restore({}, limitedTo(member, list.id))).toMatchObject({ holds: { task: 1 } });
});

test('ten thousand tasks come back, each with one event', async () => {
  const { workspaceId } = me.principal;
  const seeds = Array.from({ length: 10_000 }, (_, index) =>
    taskSeed({ workspace_id: workspaceId, list_id: list.id, title: `Task ${index}`, title_key: `task ${index}` }),
  );
  // Each tenth has a subtask, whose id may come before its own.
  for (let index = 0; index < seeds.length; index += 10) {
    const [child, parent] = [seeds[index], seeds[index + 9]];
    if (child && parent) child.parent_id = parent.id;
  }
  await insertTasks(world.database, seeds);
  const state = () =>
    world.database.query(
      `SELECT md5(string_agg(concat_ws('|', id, list_id, parent_id, title, status, position, created_at), ',' ORDER BY id)) AS digest,
        count(*)::int AS count FROM tasks.task WHERE list_id = $1`,
      [list.id],
    );
  const before = await state();
  expect(before).toMatchObject([{ count: 10_000 }]);
  await remove();
  expect(await restore()).toMatchObject({ holds: { task: 10_000 } });
  expect(await state()).toEqual(before);
  const told = await world.database.query(
    `SELECT payload->>'event' AS event, count(*)::int AS count, count(DISTINCT aggregate_id)::int AS tasks FROM tasks.outbox
     WHERE payload->>'workspace_id' = $1 AND payload->>'aggregate' = 'task' GROUP BY 1 ORDER BY 1`,
    [workspaceId],
  );
  expect(told).toEqual([
    { event: 'deleted', count: 10_000, tasks: 10_000 },
    { event: 'restored', count: 10_000, tasks: 10_000 },
  ]);
});
