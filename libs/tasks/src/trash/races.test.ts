// Two at once over the same thing in the trash: one of them wins, and the other sees what is there then.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { List, Task } from '../../contract/index.js';
import { untilBlocked } from '../../testing/blocked.js';
import { createTasksWorld, type TasksOperations, type TasksTrash, type TasksWorld } from '../../testing/tasks-world.js';
import { callers, codeOf, namesOf } from '../../testing/trash.js';
import { lockList } from '../persistence/list-records.js';
import { lockTrashed } from '../persistence/trash-records.js';
import { takeActualDuration } from '../tasks/take-actual-duration.js';
import { Purge } from './purge.js';

let world: TasksWorld;
let api: TasksOperations;
let trash: TasksTrash;
let me: CallContext;
let list: List;
let task: Task;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  trash = world.trash();
});
afterAll(() => world?.end());
beforeEach(async () => {
  ({ me } = callers());
  list = await api.createList({ title: 'List' }, me);
  task = await api.createTask({ title: 'Task', list_id: list.id }, me);
  await api.deleteTask({ id: task.id }, me);
});

const restore = (id: string): Promise<string> => codeOf(trash.restoreFromTrash({ id }, me));
const isThere = async (): Promise<boolean> => (await codeOf(api.getTask({ id: task.id }, me))) === 'ok';

/** Starts all of `works` while `hold` keeps them waiting. */
async function together<T>(hold: (on: Executor) => Promise<unknown>, ...works: (() => Promise<T>)[]): Promise<T[]> {
  const started: Promise<T>[] = [];
  await world.database.transaction(async (on) => {
    await hold(on);
    for (const work of works) {
      const one = work();
      one.catch(() => undefined);
      started.push(one);
      await untilBlocked(world.database, started.length);
    }
  });
  return Promise.all(started);
}

const holdTrashed = (on: Executor) => lockTrashed(on, me.principal, task.id);

test('of two that restore, one does', async () => {
  const codes = await together(
    holdTrashed,
    () => restore(task.id),
    () => restore(task.id),
  );
  expect(codes.toSorted()).toEqual(['not_in_trash', 'ok']);
  expect(await namesOf(world, task.id)).toEqual(['created', 'deleted', 'restored']);
});

test('restored before it is deleted for good, a task stays; after it, it is gone', async () => {
  const erase = async () => String((await trash.deleteFromTrash({ id: task.id }, me)).deleted);
  const codes = await together(holdTrashed, () => restore(task.id), erase);
  expect([await isThere(), codes]).toEqual(codes[0] === 'ok' ? [true, ['ok', 'false']] : [false, ['ok', 'true']]);
  const names = await namesOf(world, task.id);
  expect(names).toEqual(['created', 'deleted', (await isThere()) ? 'restored' : 'purged']);
});

test('the purge passes over what is being restored', async () => {
  await world.database.query(`UPDATE tasks.trash SET deleted_at = deleted_at - interval '31 days' WHERE id = $1`, [
    task.id,
  ]);
  await world.database.transaction(async (on) => {
    await holdTrashed(on);
    await world.node.get(Purge).purge();
  });
  expect(await restore(task.id)).toBe('ok');
  await world.node.get(Purge).purge();
  expect(await isThere()).toBe(true);
});

test('restored while its list is deleted, a task goes with the list or is told to wait for it', async () => {
  const [restored, deleted] = await together(
    (on) => lockList(on, me.principal.workspaceId, list.id),
    () => restore(task.id),
    () => codeOf(api.deleteList({ id: list.id, tasks: 'delete' }, me)),
  );
  expect(deleted).toBe('ok');
  expect(['ok', 'list_in_trash']).toContain(restored);
  expect(await isThere()).toBe(false);
  expect(await restore(list.id)).toBe('ok');
  expect(await isThere()).toBe(restored === 'ok');
});

test('restored while its parent is deleted, a subtask is below it or at the top', async () => {
  const parent = await api.createTask({ title: 'Parent', list_id: list.id }, me);
  const child = await api.createTask({ title: 'Child', list_id: list.id, parent_id: parent.id }, me);
  await api.deleteTask({ id: child.id }, me);
  const lockParent = (on: Executor) => on.query('SELECT FROM tasks.task WHERE id = $1 FOR UPDATE', [parent.id]);
  const codes = await together(
    lockParent,
    () => restore(child.id),
    () => codeOf(api.deleteTask({ id: parent.id }, me)),
  );
  expect(codes).toEqual(['ok', 'ok']);
  // Either it went with its parent again, or it was restored without one.
  const found = await api.getTask({ id: child.id }, me).catch(() => undefined);
  expect(found?.parent_id ?? null).toBeNull();
  const after = found ? [] : ['deleted'];
  expect(await namesOf(world, child.id)).toEqual(['created', 'deleted', 'restored', ...after]);
});

test('a measurement that comes while a task is restored is not lost', async () => {
  const take = () =>
    takeActualDuration(world.database, {
      taskId: task.id,
      workspaceId: me.principal.workspaceId,
      version: 1,
      duration: 'PT1H',
    });
  await together<unknown>(
    (on) => on.query('SELECT FROM tasks.trash WHERE id = $1 FOR UPDATE', [task.id]),
    () => restore(task.id),
    take,
  );
  expect(await api.getTask({ id: task.id }, me)).toMatchObject({ actual_duration: 'PT1H' });
});
