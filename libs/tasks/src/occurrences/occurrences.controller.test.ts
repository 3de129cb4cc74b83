// Requests of recurrence, over a real nats-server: checked, answered, and in as many messages as it takes.
import { DomainError } from '@mono/contract';
import { listenOnBus } from '@mono/platform/testing';
import { uuidv7 } from 'uuidv7';
import { OccurrencesClient, occurrencesOperations, type Revise } from '../../contract/index.js';
import { startBusNodes, type BusNodes } from '../../testing/bus-nodes.js';
import { occurrencesIn, recurrenceIn, revisionOf, type Occurrence } from '../../testing/occurrences.js';
import {
  contextOf,
  createTasksNode,
  createTasksWorld,
  insertList,
  type TasksWorld,
} from '../../testing/tasks-world.js';

let tasks: TasksWorld;
let nodes: BusNodes;
let client: OccurrencesClient;
let workspace: string;
let list: string;
let messages: number;

beforeAll(async () => {
  tasks = await createTasksWorld();
  nodes = await startBusNodes(async (server) => {
    const handle = server.handle.bind(server);
    server.handle = (operation, handler) =>
      handle(operation, (input, context) => {
        if (operation.subject === occurrencesOperations.materialiseOccurrences.subject) messages += 1;
        return handler(input, context);
      });
    return listenOnBus(await createTasksNode(tasks.database, tasks.members, server), server);
  });
  client = new OccurrencesClient(nodes.client);
});
afterAll(async () => {
  await nodes?.end();
  await tasks?.end();
});
beforeEach(async () => {
  workspace = uuidv7();
  list = await insertList(tasks.database, workspace);
  messages = 0;
});

const materialise = (occurrences: Occurrence[]) => client.materialise(recurrenceIn(workspace), { occurrences });

/** The fields at fault. */
async function fieldsOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DomainError) || !Array.isArray(error.details)) throw error;
    return error.details.map(({ field }) => field);
  }
}

test('occurrences are made, revised and told of with the one for whom it is asked', async () => {
  const [one, two] = occurrencesIn(list, 2) as [Occurrence, Occurrence];
  const made = await materialise([one, two]);
  expect(made.results.map(({ outcome }) => outcome)).toEqual(['created', 'created']);
  const revisions = [revisionOf(one, { title: 'New' }), revisionOf(two, null)];
  const ada = contextOf(workspace);
  const revised = await client.revise({ ...ada, requestId: 'asked' }, { revisions });
  expect(revised.results.map(({ outcome }) => outcome)).toEqual(['revised', 'removed']);
  const rows = await tasks.database.query<{ actor: object; request_id: string }>(
    `SELECT payload->'actor' AS actor, payload->>'request_id' AS request_id FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq`,
    [one.task_id],
  );
  expect(rows).toEqual([
    { actor: { kind: 'system', id: 'recurrence' }, request_id: 'job' },
    { actor: { kind: ada.principal.kind, id: ada.principal.id }, request_id: 'asked' },
  ]);
});

test('the Inbox is told', async () => {
  const { list_id } = await client.inbox(recurrenceIn(workspace));
  expect(await tasks.useCases().getList({ id: list_id }, contextOf(workspace))).toMatchObject({ is_inbox: true });
});

test('500 ordinary ones are one message', async () => {
  expect((await materialise(occurrencesIn(list, 500))).results).toHaveLength(500);
  expect(messages).toBe(1);
});

test('60 with the longest description are as many messages as it takes, answered in their order', async () => {
  const batch = occurrencesIn(list, 60, { description: 'All of "it". '.repeat(5_000) });
  const { results } = await materialise(batch);
  expect(messages).toBeGreaterThan(3);
  expect(results.map(({ task_id }) => task_id)).toEqual(batch.map(({ task_id }) => task_id));
  expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['created']));
});

test.each<[field: string, value: unknown]>([
  ['task_id', 'one'],
  ['revision', 0],
  ['template_id', null],
  ['series_id', undefined],
  ['original_start', '2026-02-30T09:00:00'],
  ['original_start', '2026-05-01'],
  ['original_start', '2026-05-01T24:00:00'],
  ['list_id', null],
  ['title', ' '],
  ['priority', 'huge'],
  ['tags', ['a', 'a']],
  ['due_at', '2026-02-30T09:00:00.000Z'],
  ['due_at', '2026-05-01T25:00:00.000Z'],
  ['due_at', '0000-05-01T09:00:00.000Z'],
  ['due_on', '2026-02-30'],
  ['timezone', 'Europe/Nowhere'],
  ['estimated_duration', 'soon'],
  ['status', 'done'],
])('a wrong %s (%j) is refused by its name, and nothing is made', async (field, value) => {
  const [one, two] = occurrencesIn(list, 2) as [Occurrence, Occurrence];
  const refused = materialise([one, Object.assign(two, { [field]: value })]);
  expect(await fieldsOf(refused)).toEqual([`input.occurrences[1].${field}`]);
  expect(await tasks.database.query('SELECT FROM tasks.occurrence WHERE workspace_id = $1', [workspace])).toEqual([]);
});

test.each([
  '2026-05-01T09:00:00Z',
  '2026-05-01T11:00:00.000+02:00',
  '9999-12-31T23:59:59.999Z',
  '2016-12-31T23:59:60Z',
])('the instant %s is one', async (due_at) => {
  const [one] = occurrencesIn(list, 1, { due_at });
  expect((await materialise([one])).results[0]?.outcome).toBe('created');
  const kept = (await tasks.useCases().getTask({ id: one.task_id }, contextOf(workspace))).due_at;
  expect(Date.parse(kept ?? '')).toBe(Date.parse(due_at.replace(':60Z', ':59Z')));
});

test.each([
  [[], 'input.revisions'],
  [[{}], 'input.revisions[0].task_id'],
])('revisions %j are refused', async (revisions, field) => {
  const refused = client.revise(recurrenceIn(workspace), { revisions } as unknown as Revise);
  expect(await fieldsOf(refused)).toContain(field);
});

test('tags are kept as they are, whatever is in them', async () => {
  const tags = ['a,b', '{c}', 'd"e', String.raw`f\g`, 'NULL', '', "h'i", 'ü 🎉'].filter((tag) => tag !== '');
  const [one] = occurrencesIn(list, 1, { tags });
  await materialise([one, ...occurrencesIn(list, 1, { tags: [] })]);
  expect((await tasks.useCases().getTask({ id: one.task_id }, contextOf(workspace))).tags).toEqual(tags);
});
