// What comes into a tree, or leaves it, while it is being deleted.
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { Task } from '../../contract/index.js';
import { untilBlocked } from '../../testing/blocked.js';
import { contextOf, createTasksWorld, type TasksWorld, type TasksOperations } from '../../testing/tasks-world.js';
import { Inbox } from '../lists/inbox.js';
import type { AssigningContext } from './assignees.js';
import { changeTask } from './change-task.js';
import { createTask } from './create-task.js';

let world: TasksWorld;
let api: TasksOperations;
let me: AssigningContext;
let root: Task;
let child: Task;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  root = await api.createTask({ title: 'Root' }, me);
  child = await api.createTask({ title: 'Child', parent_id: root.id }, me);
});

/** Begins `deletion` while `change` is written but not committed, and commits it when the deletion waits for it. */
async function meanwhile<T>(change: (on: Executor) => Promise<T>, deletion: () => Promise<unknown>): Promise<T> {
  let deleted: Promise<unknown> = Promise.resolve();
  const result = await world.database.transaction(async (on) => {
    const changed = await change(on);
    deleted = deletion();
    deleted.catch(() => undefined);
    await untilBlocked(world.database);
    return changed;
  });
  await deleted;
  return result;
}

async function events(id: string): Promise<string[]> {
  const rows = await world.database.query<{ event: string }>(
    `SELECT payload->>'event' AS event FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq`,
    [id],
  );
  return rows.map(({ event }) => event);
}

const DELETIONS: [string, () => Promise<unknown>][] = [
  ['alone', () => api.deleteTask({ id: root.id }, me)],
  ['in a batch', () => api.batchTasks({ operations: [{ op: 'delete', id: root.id }] }, me)],
  [
    'in a batch of several',
    async () => {
      const body = await api.createTask({ title: 'Another' }, me);
      const operations = [root.id, body.id].map((id) => ({ op: 'delete' as const, id }));
      return api.batchTasks({ mode: 'each', operations }, me);
    },
  ],
  [
    'with its list',
    async () => {
      const body = await api.createList({ title: 'List' }, me);
      await world.database.query('UPDATE tasks.task SET list_id = $2 WHERE id = $1', [root.id, body.id]);
      return api.deleteList({ id: body.id, tasks: 'delete' }, me);
    },
  ],
];

describe.each(DELETIONS)('while a task is deleted %s', (_how, deletion) => {
  test('a subtask that was moved out of it stays', async () => {
    await meanwhile((on) => changeTask(on, me, child.id, { parent_id: null }), deletion);
    expect(await api.getTask({ id: child.id }, me)).toMatchObject({ parent_id: null });
    expect(await events(root.id)).toContain('deleted');
  });

  test('a subtask that was made below it goes with it', async () => {
    const late = await meanwhile(
      (on) => createTask(on, me, { title: 'Late', parent_id: root.id }, new Inbox()),
      deletion,
    );
    expect(await events(late.id)).toEqual(['created', 'deleted']);
    expect(await events(child.id)).toEqual(['created', 'deleted']);
  });

  test('a subtask that was made below its subtask goes with it', async () => {
    const late = await meanwhile(
      (on) => createTask(on, me, { title: 'Late', parent_id: child.id }, new Inbox()),
      deletion,
    );
    expect(await events(late.id)).toEqual(['created', 'deleted']);
  });
});

test('a task without subtasks takes the first one with it, also in a batch', async () => {
  for (const deletion of [
    () => api.deleteTask({ id: child.id }, me),
    () => api.batchTasks({ operations: [{ op: 'delete', id: root.id }] }, me),
  ]) {
    const parent = (await api.getTask({ id: child.id }, me).catch(() => undefined)) ?? root;
    const late = await meanwhile(
      (on) => createTask(on, me, { title: 'Late', parent_id: parent.id }, new Inbox()),
      deletion,
    );
    expect(await events(late.id)).toEqual(['created', 'deleted']);
  }
});
