// The log of changes of status over a real nats-server: checked, answered, and larger than a message usually is.
import { DomainError } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { TransitionsBusClient, transitionsRequests, type TransitionsQuery } from '../../contract/index.js';
import { startBusNodes, type BusNodes } from '../../testing/bus-nodes.js';
import { contextOf, createTasksWorld, insertList, type TasksWorld } from '../../testing/tasks-world.js';
import { TransitionsHandlers } from './transitions.handlers.js';

let tasks: TasksWorld;
let nodes: BusNodes;
let client: TransitionsBusClient;

beforeAll(async () => {
  tasks = await createTasksWorld();
  const handlers = new TransitionsHandlers(tasks.transitions());
  nodes = await startBusNodes((server) => {
    server.handle(transitionsRequests.page, (body) => handlers.page(body as TransitionsQuery));
  });
  client = new TransitionsBusClient(nodes.client);
});
afterAll(async () => {
  await nodes?.end();
  await tasks?.end();
});

/** The fields at fault. */
async function fieldsOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DomainError) || !Array.isArray(error.details)) throw error;
    return error.details.map(({ field }) => field);
  }
}

test('only modules are answered', () => {
  expect(transitionsRequests.page.subject).toBe('internal.tasks.transitions');
});

test('an empty log has one empty page', async () => {
  expect(await client.page({ after: '9223372036854775807' })).toEqual({ items: [], tasks: [], next: null });
});

test('the log comes page by page, with the tasks', async () => {
  const workspace = uuidv7();
  const list = await insertList(tasks.database, workspace);
  const api = tasks.useCases();
  const { body: task } = await api.createTask(contextOf(workspace), { title: 'Paint', list_id: list });
  await api.deleteTask(contextOf(workspace), task.id);
  const first = await client.page({ limit: 1 });
  const second = await client.page({ after: first.next ?? '', limit: 1 });
  expect([first.items, second.items]).toMatchObject([[{ from: null, to: 'todo' }], [{ from: 'todo', to: null }]]);
  expect(first.tasks).toEqual(second.tasks);
  expect([first.tasks[0]?.title, first.tasks[0]?.deleted, second.next]).toEqual(['Paint', true, null]);
});

test.each<[field: string, value: unknown]>([
  ['after', ''],
  ['after', '-1'],
  ['after', '1.5'],
  ['after', 7],
  ['after', null],
  ['after', '9223372036854775808'],
  ['after', '1; DROP TABLE tasks.task'],
  ['limit', 0],
  ['limit', 5_001],
  ['limit', '10'],
  ['before', '1'],
])('a wrong %s (%j) is refused by its name', async (field, value) => {
  expect(await fieldsOf(client.page({ [field]: value }))).toEqual([field]);
});
