// Things leave the trash for good by hand, and by their age.
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { List, Task } from '../../contract/index.js';
import { EraseWorkspace } from '../lists/erase-workspace.js';
import {
  contextOf,
  createTasksNode,
  createTasksWorld,
  type TasksOperations,
  type TasksTrash,
  type TasksWorld,
} from '../../testing/tasks-world.js';
import { callers, codeOf, eventsOf, limitedTo, namesOf } from '../../testing/trash.js';
import { Purge } from './purge.js';

let world: TasksWorld;
let api: TasksOperations;
let trash: TasksTrash;
let me: CallContext;
let member: CallContext;
let viewer: CallContext;
let stranger: CallContext;
let list: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  trash = world.trash();
});
afterAll(() => world?.end());
beforeEach(async () => {
  ({ me, member, viewer, stranger } = callers());
  list = await api.createList({ title: 'List' }, me);
});

const create = async (more: object = {}): Promise<Task> =>
  await api.createTask({ title: 'Task', list_id: list.id, ...more }, me);
const remove = ({ id }: Pick<Task, 'id'>): Promise<void> => api.deleteTask({ id }, me);
const erase = async ({ id }: { id: string }, call = me): Promise<boolean> =>
  (await trash.deleteFromTrash({ id }, call)).deleted;
const restored = async ({ id }: { id: string }): Promise<unknown> =>
  (await trash.restoreFromTrash({ id }, me)).restored;
const age = (id: string, days: number): Promise<unknown> =>
  world.database.query(`UPDATE tasks.trash SET deleted_at = deleted_at - make_interval(days => $2) WHERE id = $1`, [
    id,
    days,
  ]);
const purge = (): Promise<void> => world.node.get(Purge).purge();
const rowsOf = async ({ principal }: CallContext): Promise<number> =>
  (await world.database.query('SELECT FROM tasks.trash WHERE workspace_id = $1', [principal.workspaceId])).length;
const lastFacts = (id: string) =>
  world.database.query<{ last_facts: object }>(
    'SELECT last_facts FROM tasks.status_transition WHERE task_id = $1 AND last_facts IS NOT NULL',
    [id],
  );

describe('by hand', () => {
  test('a task goes with its subtasks, and other modules hear so', async () => {
    const parent = await create();
    const child = await create({ parent_id: parent.id });
    await remove(parent);
    expect(await erase(parent)).toBe(true);
    expect(await restored(parent)).toBeNull();
    expect(await erase(parent)).toBe(false);
    expect(await rowsOf(me)).toBe(0);
    const root = { type: 'task', id: parent.id };
    expect((await eventsOf(world, child.id)).at(-1)).toMatchObject({
      event: 'purged',
      version: 3,
      changes: {},
      origin: 'user',
      list_id: list.id,
      root,
    });
    expect(await namesOf(world, parent.id)).toEqual(['created', 'deleted', 'purged']);
  });

  test('a part of a deletion goes, and the rest stays', async () => {
    const parent = await create();
    const child = await create({ parent_id: parent.id });
    await create({ parent_id: child.id });
    await remove(parent);
    expect(await erase(child)).toBe(true);
    expect(await rowsOf(me)).toBe(1);
    expect(await restored(parent)).toMatchObject({ holds: { task: 0 } });
  });

  test('a list goes with its tasks', async () => {
    const task = await create();
    await api.deleteList({ id: list.id, tasks: 'delete' }, me);
    expect(await erase(list)).toBe(true);
    expect(await namesOf(world, list.id)).toEqual(['list_created', 'list_deleted', 'list_purged']);
    expect(await namesOf(world, task.id)).toEqual(['created', 'deleted', 'purged']);
    expect(await rowsOf(me)).toBe(0);
  });

  test('only admins may, within their reach', async () => {
    const other = await api.createList({ title: 'Other' }, me);
    const parent = await create();
    await create({ parent_id: parent.id, list_id: other.id });
    await remove(parent);
    expect(await codeOf(erase(parent, member))).toBe('forbidden');
    expect(await codeOf(erase(parent, viewer))).toBe('forbidden');
    expect(await erase(parent, stranger)).toBe(false);
    expect(await erase(parent, limitedTo(me, other.id))).toBe(false);
    expect(await codeOf(erase(parent, limitedTo(me, list.id)))).toBe('forbidden');
    const admin = { ...me, principal: { ...me.principal, scopes: ['admin'] } };
    expect(await erase(parent, admin)).toBe(true);
  });

  test('a task that is not in the trash stays', async () => {
    const task = await create();
    expect(await erase(task)).toBe(false);
    expect(await api.getTask({ id: task.id }, me)).toMatchObject({ version: 1 });
  });
});

describe('a permanent deletion', () => {
  test('bypasses the trash, and the event says so', async () => {
    const parent = await create();
    const child = await create({ parent_id: parent.id });
    await api.deleteTask({ id: parent.id, permanent: 'true' }, me);
    expect(await rowsOf(me)).toBe(0);
    expect((await eventsOf(world, child.id)).at(-1)).toMatchObject({
      event: 'deleted',
      permanent: true,
      root: { type: 'task', id: parent.id },
    });
    expect(await restored(child)).toBeNull();
  });

  test('of a list takes its tasks', async () => {
    const task = await create();
    await api.deleteList({ id: list.id, tasks: 'delete', permanent: 'true' }, me);
    expect(await rowsOf(me)).toBe(0);
    for (const id of [list.id, task.id]) expect((await eventsOf(world, id)).at(-1)).toMatchObject({ permanent: true });
  });

  test('needs an admin', async () => {
    const task = await create();
    expect(await codeOf(api.deleteTask({ id: task.id, permanent: 'true' }, member))).toBe('forbidden');
    expect(await codeOf(api.deleteList({ id: list.id, permanent: 'true' }, member))).toBe('forbidden');
    expect(await codeOf(api.deleteTask({ id: task.id, permanent: 'false' }, member))).toBe('ok');
  });
});

test('of what is gone for good, time reports know all but the title', async () => {
  const facts = { list_id: list.id, tags: ['a'], estimated_duration: 'PT1H' };
  const [kept, purged, erased] = [
    await create({ title: 'Kept', tags: ['a'], estimated_duration: 'PT1H' }),
    await create({ title: 'Purged', tags: ['a'], estimated_duration: 'PT1H' }),
    await create({ title: 'Erased', tags: ['a'], estimated_duration: 'PT1H' }),
  ];
  for (const task of [kept, purged]) await remove(task);
  await erase(purged);
  await api.deleteTask({ id: erased.id, permanent: 'true' }, me);
  expect(await lastFacts(kept.id)).toMatchObject([{ last_facts: { title: 'Kept', ...facts } }]);
  expect(await lastFacts(purged.id)).toMatchObject([{ last_facts: { title: null, ...facts } }]);
  expect(await lastFacts(erased.id)).toMatchObject([{ last_facts: { title: null, ...facts } }]);
});

describe('by its age', () => {
  test('what is older than 30 days goes, with all that went with it', async () => {
    const [young, old] = [await create(), await create()];
    await create({ parent_id: old.id });
    await remove(young);
    await remove(old);
    await age(young.id, 29);
    await age(old.id, 31);
    const { items } = await trash.findTrash({ limit: 10 }, me);
    expect(items.map(({ id, deleted_at: at, expires_at: end }) => [id, Date.parse(end) - Date.parse(at)])).toEqual([
      [young.id, 30 * 24 * 60 * 60 * 1_000],
      [old.id, 30 * 24 * 60 * 60 * 1_000],
    ]);
    await purge();
    expect((await trash.findTrash({ limit: 10 }, me)).items.map(({ id }) => id)).toEqual([young.id]);
    expect(await rowsOf(me)).toBe(1);
    expect((await eventsOf(world, old.id)).at(-1)).toMatchObject({ event: 'purged', origin: 'system' });
    await purge();
    expect(await namesOf(world, old.id)).toEqual(['created', 'deleted', 'purged']);
  });

  test('a run is bounded and the next one goes on, on several nodes at once', async () => {
    const one = world.node.get(Purge);
    const two = (await createTasksNode(world.database, world.members)).get(Purge);
    const ids: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      const task = await create();
      await remove(task);
      await age(task.id, 31 + index);
      ids.push(task.id);
    }
    one.bounds = { batch: 2, batches: 2 };
    two.bounds = { batch: 2, batches: 2 };
    await one.purge();
    expect(await rowsOf(me)).toBe(8);
    await Promise.all([one.purge(), two.purge()]);
    while ((await rowsOf(me)) > 0) await one.purge();
    for (const id of ids) expect(await namesOf(world, id)).toEqual(['created', 'deleted', 'purged']);
    one.bounds = { batch: 1_000, batches: 50 };
  });

  test('a large deletion goes as a whole, also where it is more than a batch', async () => {
    for (let index = 0; index < 5; index += 1) await create();
    await api.deleteList({ id: list.id, tasks: 'delete' }, me);
    await age(list.id, 31);
    const one = world.node.get(Purge);
    one.bounds = { batch: 2, batches: 1 };
    await one.purge();
    expect(await rowsOf(me)).toBe(0);
    one.bounds = { batch: 1_000, batches: 50 };
  });
});

test('the trash of an erased workspace goes, and that of others stays', async () => {
  const others = contextOf(uuidv7());
  const kept = await api.createTask({ title: 'Theirs' }, others);
  await api.deleteTask({ id: kept.id }, others);
  const parent = await create();
  await create({ parent_id: parent.id });
  await remove(parent);
  await create();
  await api.deleteList({ id: list.id, tasks: 'delete' }, me);
  const live = await api.createTask({ title: 'Live' }, me);
  await world.node.get(EraseWorkspace).erase(me.principal.workspaceId, 'erasing');
  expect([await rowsOf(me), await rowsOf(others)]).toEqual([0, 1]);
  expect((await eventsOf(world, live.id)).at(-1)).toMatchObject({ event: 'deleted', permanent: true });
});
