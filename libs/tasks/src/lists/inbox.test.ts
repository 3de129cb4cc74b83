import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { contextOf, createTasksWorld, type TasksWorld, type TasksOperations } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());

async function requireInbox(me: CallContext): Promise<void> {
  const body = await api.createTask({ title: 'Milk' }, me);
  expect(await api.getList({ id: body.list_id }, me)).toMatchObject({ is_inbox: true, counts: { total: 1 } });
}

describe('an Inbox that is undone with the batch that made it does not stay in mind', () => {
  test('when the batch is all or nothing', async () => {
    const me = contextOf(uuidv7());
    const tasks = [{ title: 'one' }, { title: 'two' }, { title: 'three', list_id: uuidv7() }];
    const batch = api.batchTasks({ operations: tasks.map((task) => ({ op: 'create', task })) }, me);
    await expect(batch).rejects.toMatchObject({ code: 'list_not_found' });
    await requireInbox(me);
  });

  test('when every operation fails for itself', async () => {
    const me = contextOf(uuidv7());
    const task = { title: 'one', due_at: '2026-05-01T09:00:00Z', due_on: '2026-05-01' };
    const operation = { op: 'create' as const, task };
    const body = await api.batchTasks({ mode: 'each', operations: [operation, operation] }, me);
    expect(body.results.map(({ status }) => status)).toEqual([422, 422]);
    await requireInbox(me);
  });
});

test('five hundred creates without a list go to one Inbox', async () => {
  const me = contextOf(uuidv7());
  const operations = Array.from({ length: 500 }, () => ({ op: 'create' as const, task: { title: 'Task' } }));
  const body = await api.batchTasks({ operations }, { ...me, idempotencyKey: 'first' });
  expect(new Set(body.results.map(({ task }) => task?.list_id)).size).toBe(1);
});

test('many who need the Inbox at once get the same one', async () => {
  for (let round = 0; round < 25; round += 1) {
    const context = contextOf(uuidv7());
    const made = await Promise.all(Array.from({ length: 8 }, () => api.createTask({ title: 'Task' }, context)));
    expect(new Set(made.map(({ list_id: id }) => id)).size).toBe(1);
  }
});
