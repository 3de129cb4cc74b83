// The log of changes of status over a real nats-server: checked, answered, and larger than a message usually is.
import { clientOf, DomainError } from '@mono/contract';
import { listenOnBus } from '@mono/platform/testing';
import { uuidv7 } from 'uuidv7';
import { transitionsOperations, type TransitionsClient } from '../../contract/index.js';
import { startBusNodes, type BusNodes } from '../../testing/bus-nodes.js';
import {
  contextOf,
  createTasksNode,
  createTasksWorld,
  insertList,
  type TasksWorld,
} from '../../testing/tasks-world.js';

let tasks: TasksWorld;
let nodes: BusNodes;
let client: TransitionsClient;

beforeAll(async () => {
  tasks = await createTasksWorld();
  nodes = await startBusNodes(async (server) =>
    listenOnBus(await createTasksNode(tasks.database, tasks.members, server), server),
  );
  client = clientOf(nodes.client, transitionsOperations);
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
  expect(transitionsOperations.transitions.subject).toBe('internal.tasks.transitions');
});

test('an empty log has one empty page', async () => {
  expect(await client.transitions({ after: '9223372036854775807' })).toEqual({ items: [], tasks: [], next: null });
});

test('the log comes page by page, with the tasks', async () => {
  const workspace = uuidv7();
  const list = await insertList(tasks.database, workspace);
  const api = tasks.useCases();
  const task = await api.createTask({ title: 'Paint', list_id: list }, contextOf(workspace));
  await api.deleteTask({ id: task.id }, contextOf(workspace));
  const first = await client.transitions({ limit: 1 });
  const second = await client.transitions({ after: first.next ?? '', limit: 1 });
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
  expect(await fieldsOf(client.transitions({ [field]: value }))).toEqual([field]);
});
