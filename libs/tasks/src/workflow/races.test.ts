// Changes of tasks while the workflow of their list is removed.
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { List } from '../../contract/index.js';
import { untilBlocked } from '../../testing/blocked.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let list: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  list = await api.createList({ title: 'Board' }, me);
  await api.replaceWorkflow({ id: list.id, wip_limits: { in_progress: 3 } }, me);
});

/** Starts the work while a transaction removes the workflow, which it waits for. */
async function whileRemoved<T>(work: () => Promise<T>): Promise<T> {
  let started: Promise<T> | undefined;
  await world.database.transaction(async (on) => {
    await on.query('UPDATE tasks.list SET workflow = NULL, version = version + 1 WHERE id = $1', [list.id]);
    started = work();
    started.catch(() => undefined);
    await untilBlocked(world.database);
  });
  if (!started) throw new Error('Nothing was started.');
  return started;
}

test('a task is created while the workflow of its list is removed', async () => {
  const task = await whileRemoved(() => api.createTask({ title: 'Task', list_id: list.id }, me));
  expect(task).toMatchObject({ list_id: list.id, version: 1 });
});

test('the tasks of a deleted list move to one whose workflow is removed meanwhile', async () => {
  const old = await api.createList({ title: 'Old' }, me);
  const { id } = await api.createTask({ title: 'Task', list_id: old.id }, me);
  await whileRemoved(() => api.deleteList({ id: old.id, tasks: 'move', to: list.id }, me));
  expect(await api.getTask({ id }, me)).toMatchObject({ list_id: list.id, version: 2 });
});

test('a list that is named in capitals has its workflow', async () => {
  await api.replaceWorkflow({ id: list.id, transitions: { todo: ['in_progress'] } }, me);
  const done = api.createTask({ title: 'Task', list_id: list.id.toUpperCase(), status: 'done' }, me);
  await expect(done).rejects.toMatchObject({ code: 'invalid_transition' });
});
