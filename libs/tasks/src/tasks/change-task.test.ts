import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { Task, TaskStatus } from '../../contract/index.js';
import { contextOf, createTasksWorld, type TasksWorld } from '../../testing/tasks-world.js';
import type { TasksUseCases } from '../tasks-use-cases.js';

let world: TasksWorld;
let api: TasksUseCases;
let me: CallContext;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(() => {
  me = contextOf(uuidv7());
});

const make = async (more: object = {}): Promise<Task> => (await api.createTask(me, { title: 'Task', ...more })).body;
const moveTo = (task: Task, status: TaskStatus): Promise<Task> => api.updateTask(me, task.id, { status });

test('completed_at is set by the move to done, kept by other changes, cleared by leaving it', async () => {
  const task = await make();
  expect(task.completed_at).toBeNull();
  const { completed_at: completedAt } = await moveTo(task, 'done');
  expect(completedAt).toEqual(expect.any(String));
  expect(await api.updateTask(me, task.id, { title: 'Still done' })).toMatchObject({ completed_at: completedAt });
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
  await api.deleteTask(me, task.id);
  const events = await world.database.query<{ occurred_at: string }>(
    'SELECT occurred_at FROM tasks.outbox WHERE aggregate_id = $1 AND version > 1 ORDER BY seq',
    [task.id],
  );
  expect(events.map(({ occurred_at }) => occurred_at)).toEqual([ahead, ahead]);
});

test('a replacement returns to its default what it does not name, and leaves the place in the order', async () => {
  const task = await make({ tags: ['a'], priority: 'urgent', due_on: '2026-05-01', description: 'Text' });
  const replaced = await api.replaceTask(me, task.id, { title: 'New', list_id: task.list_id });
  const { version, updated_at, ...rest } = replaced;
  expect(version).toBe(2);
  expect(Date.parse(updated_at)).toBeGreaterThanOrEqual(Date.parse(task.updated_at));
  const defaults = { title: 'New', tags: [], priority: 'medium', due_on: null, description: null };
  const { version: _version, updated_at: _updatedAt, ...before } = task;
  expect(rest).toEqual({ ...before, ...defaults });
});

test('an update of nothing is refused', async () => {
  const task = await make();
  await expect(api.updateTask(me, task.id, {})).rejects.toMatchObject({ code: 'empty_update', kind: 'invalid' });
});

test('another workspace’s tasks, lists and tags are neither neighbours nor targets nor there', async () => {
  const mine = await make({ tags: ['mine'] });
  const { body: list } = await api.createList(me, { title: 'Mine' });
  const other = contextOf(uuidv7());
  const { body: theirs } = await api.createTask(other, { title: 'Theirs' });
  const refused = [
    [api.updateTask(other, theirs.id, { list_id: list.id }), 'list_not_found'],
    [api.updateTask(other, theirs.id, { parent_id: mine.id }), 'task_not_found'],
    [api.updateTask(other, theirs.id, { before: mine.id }), 'validation_error'],
    [api.replaceTask(other, mine.id, { title: 'x', list_id: mine.list_id }), 'task_not_found'],
    [api.replaceList(other, list.id, { title: 'x' }), 'list_not_found'],
    [api.findTasksOfList(other, list.id, {}), 'list_not_found'],
    [api.deleteList(me, list.id, { tasks: 'move', to: theirs.list_id }), 'list_not_found'],
    [api.renameTag(other, 'mine', { name: 'theirs' }), 'tag_not_found'],
    [api.mergeTag(other, 'mine', { into: 'theirs' }), 'tag_not_found'],
    [api.batchTasks(other, { operations: [{ op: 'update', id: mine.id, patch: { title: 'x' } }] }), 'task_not_found'],
  ] as const;
  for (const [outcome, code] of refused) await expect(outcome).rejects.toMatchObject({ code });
  expect(await api.getTask(me, mine.id)).toEqual(mine);
});
