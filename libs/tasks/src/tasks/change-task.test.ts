import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { Task, TaskStatus } from '../../contract/index.js';
import { contextOf, createTasksWorld, type TasksWorld, type TasksOperations } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(() => {
  me = contextOf(uuidv7());
});

const make = async (more: object = {}): Promise<Task> => await api.createTask({ title: 'Task', ...more }, me);
const moveTo = (task: Task, status: TaskStatus): Promise<Task> =>
  api.updateTask({ id: task.id, patch: { status } }, me);

test('completed_at is set by the move to done, kept by other changes, cleared by leaving it', async () => {
  const task = await make();
  expect(task.completed_at).toBeNull();
  const { completed_at: completedAt } = await moveTo(task, 'done');
  expect(completedAt).toEqual(expect.any(String));
  expect(await api.updateTask({ id: task.id, patch: { title: 'Still done' } }, me)).toMatchObject({
    completed_at: completedAt,
  });
  expect(await moveTo(task, 'archived')).toMatchObject({ completed_at: null });
  const again = await moveTo(task, 'done');
  expect(Date.parse(again.completed_at ?? '')).toBeGreaterThanOrEqual(Date.parse(completedAt ?? ''));
  expect((await make({ status: 'done' })).completed_at).toEqual(expect.any(String));
});

test('time does not run backwards within a task, whatever the clock says', async () => {
  const task = await make();
  const ahead = '2999-01-01T00:00:00.000Z';
  await world.database.query('UPDATE tasks.task SET updated_at = $2 WHERE id = $1', [task.id, ahead]);
  expect((await moveTo(task, 'done')).updated_at).toBe(ahead);
  await api.deleteTask({ id: task.id }, me);
  const events = await world.database.query<{ occurred_at: string }>(
    'SELECT occurred_at FROM tasks.outbox WHERE aggregate_id = $1 AND version > 1 ORDER BY seq',
    [task.id],
  );
  expect(events.map(({ occurred_at }) => occurred_at)).toEqual([ahead, ahead]);
});

test('a replacement returns to its default what it does not name, and leaves the place in the order', async () => {
  const task = await make({ tags: ['a'], priority: 'urgent', due_on: '2026-05-01', description: 'Text' });
  const replaced = await api.replaceTask({ id: task.id, title: 'New', list_id: task.list_id }, me);
  const { version, updated_at, ...rest } = replaced;
  expect(version).toBe(2);
  expect(Date.parse(updated_at)).toBeGreaterThanOrEqual(Date.parse(task.updated_at));
  const defaults = { title: 'New', tags: [], priority: 'medium', due_on: null, description: null };
  const { version: _version, updated_at: _updatedAt, ...before } = task;
  expect(rest).toEqual({ ...before, ...defaults });
});

test('an update of nothing is refused', async () => {
  const task = await make();
  await expect(api.updateTask({ id: task.id, patch: {} }, me)).rejects.toMatchObject({
    code: 'empty_update',
    kind: 'invalid',
  });
});

test('another workspace’s tasks, lists and tags are neither neighbours nor targets nor there', async () => {
  const mine = await make({ tags: ['mine'] });
  const list = await api.createList({ title: 'Mine' }, me);
  const other = contextOf(uuidv7());
  const theirs = await api.createTask({ title: 'Theirs' }, other);
  const refused = [
    [api.updateTask({ id: theirs.id, patch: { list_id: list.id } }, other), 'list_not_found'],
    [api.updateTask({ id: theirs.id, patch: { parent_id: mine.id } }, other), 'task_not_found'],
    [api.updateTask({ id: theirs.id, patch: { before: mine.id } }, other), 'validation_error'],
    [api.replaceTask({ id: mine.id, title: 'x', list_id: mine.list_id }, other), 'task_not_found'],
    [api.replaceList({ id: list.id, title: 'x' }, other), 'list_not_found'],
    [api.findTasksOfList({ id: list.id }, other), 'list_not_found'],
    [api.deleteList({ id: list.id, tasks: 'move', to: theirs.list_id }, me), 'list_not_found'],
    [api.renameTag({ name: 'mine', patch: { name: 'theirs' } }, other), 'tag_not_found'],
    [api.mergeTag({ name: 'mine', into: 'theirs' }, other), 'tag_not_found'],
    [api.batchTasks({ operations: [{ op: 'update', id: mine.id, patch: { title: 'x' } }] }, other), 'task_not_found'],
  ] as const;
  for (const [outcome, code] of refused) await expect(outcome).rejects.toMatchObject({ code });
  expect(await api.getTask({ id: mine.id }, me)).toEqual(mine);
});
