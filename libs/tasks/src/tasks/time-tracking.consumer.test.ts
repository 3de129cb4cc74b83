// The time spent on tasks, consumed from a stream on a real nats-server.
import { reconcileEventStream } from '@mono/bus/outbox';
import { listenOnBus } from '@mono/platform/testing';
import { timeTrackingEvents } from '@mono/time-tracking/contract';
import { uuidv7 } from 'uuidv7';
import { until } from '../../../../test/support/until.ts';
import { startBusNodes, type BusNodes } from '../../testing/bus-nodes.js';
import {
  contextOf,
  createTasksNode,
  createTasksWorld,
  insertList,
  type TasksWorld,
} from '../../testing/tasks-world.js';

const workspace = uuidv7();
let tasks: TasksWorld;
let nodes: BusNodes;
let list: string;

beforeAll(async () => {
  tasks = await createTasksWorld();
  list = await insertList(tasks.database, workspace);
  nodes = await startBusNodes(async (server) =>
    listenOnBus(await createTasksNode(tasks.database, tasks.members, server), server),
  );
  const stream = { module: 'time-tracking', maxAgeMs: 3_600_000, duplicateWindowMs: 1_000 };
  await reconcileEventStream(live(), stream);
});
afterAll(async () => {
  await nodes?.end();
  await tasks?.end();
});

function live() {
  const connection = nodes.client.host.connection.live;
  if (!connection) throw new Error('There is no connection.');
  return connection;
}

function tell(taskId: string, version: number, to: string | null): void {
  const event = {
    id: uuidv7(),
    event: 'actual_duration_changed',
    aggregate: 'task_time',
    aggregate_id: taskId,
    version,
    workspace_id: workspace,
    occurred_at: '2026-05-01T09:00:00.000Z',
    actor: { kind: 'system', id: 'time-tracking' },
    request_id: 'test',
    origin: 'system',
    changes: { actual_duration: { from: null, to } },
  };
  live().publish(timeTrackingEvents.actual_duration_changed.subject, JSON.stringify(event));
}

async function create(): Promise<string> {
  return (await tasks.useCases().createTask({ title: 'Paint', list_id: list }, contextOf(workspace))).id;
}

const read = (id: string) => tasks.useCases().getTask({ id }, contextOf(workspace));

test('what is told in any order and more than once ends in the highest version of each task', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, create));
  const versions = [2, 5, 1, 5, 3, 4, 2];
  for (const version of versions) for (const id of ids) tell(id, version, `PT${version}M`);
  const reset = await create();
  tell(reset, 1, 'PT1M');
  tell(reset, 2, null);
  tell(uuidv7(), 1, 'PT1M');
  const consumer = nodes.server.durable.find(({ name }) => name === 'tasks-actual-duration');
  await until('all are taken', () => (consumer?.stats.requests ?? 0) >= versions.length * ids.length + 3);
  const told = (await Promise.all(ids.map(read))).map((task) => [task.actual_duration, task.actual_duration_version]);
  expect(told).toEqual(ids.map(() => ['PT5M', 5]));
  expect(await read(reset)).toMatchObject({ actual_duration: null, actual_duration_version: 2 });
  expect([consumer?.retried, consumer?.deadLettered]).toEqual([0, 0]);
});
