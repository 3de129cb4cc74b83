// Making occurrences' tasks, on a real PostgreSQL: each once for good, whoever asks and how often.
import type { OccurrencesClient } from '../../contract/index.js';
import { OutboxSignal } from '@mono/bus/outbox';
import { DomainError } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { MaterialiseOutcome, TasksEvent } from '../../contract/index.js';
import { untilBlocked } from '../../testing/blocked.js';
import { occurrencesIn, recurrenceIn, type Occurrence } from '../../testing/occurrences.js';
import {
  contextOf,
  createTasksWorld,
  insertList,
  type TasksWorld,
  type TasksOperations,
} from '../../testing/tasks-world.js';
import { addDueSoonEvents } from '../due-soon/due-soon.js';
import { EraseWorkspace } from '../lists/erase-workspace.js';

let world: TasksWorld;
let api: TasksOperations;
let occurrences: OccurrencesClient;
let workspace: string;
let list: string;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  occurrences = world.occurrences();
});
afterAll(() => world?.end());
beforeEach(async () => {
  workspace = uuidv7();
  list = await insertList(world.database, workspace);
});

async function outcomesOf(batch: Occurrence[]): Promise<MaterialiseOutcome[]> {
  const { results } = await occurrences.materialise(recurrenceIn(workspace), { occurrences: batch });
  return results.map(({ outcome }) => outcome);
}

async function countOf(table: string, id = 'workspace_id', value = workspace): Promise<number> {
  const [row] = await world.database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM tasks.${table} WHERE ${id} = $1`,
    [value],
  );
  return row?.count ?? -1;
}

/** Tasks, transitions, events of tasks and rows that outlive them, in the workspace. */
async function counts(): Promise<number[]> {
  return Promise.all([
    countOf('task'),
    countOf('status_transition'),
    countOf('outbox', `payload->>'aggregate' = 'task' AND payload->>'workspace_id'`),
    countOf('occurrence'),
  ]);
}

const inList = (one: Occurrence): Occurrence => ({ ...one, list_id: list });

const repeated = (value: MaterialiseOutcome, count: number): MaterialiseOutcome[] =>
  Array.from({ length: count }, () => value);

const faultsOf = (error: unknown): unknown => (error instanceof DomainError ? error.details : error);

test('a task has what the template gives, and says which occurrence it is', async () => {
  const [one] = occurrencesIn(list, 1);
  expect((await occurrences.materialise(recurrenceIn(workspace), { occurrences: [one] })).results).toEqual([
    { task_id: one.task_id, outcome: 'created', status: 'todo' },
  ]);
  const task = await api.getTask({ id: one.task_id }, contextOf(workspace));
  const { task_id: id, revision: _revision, ...told } = one;
  expect(task).toMatchObject({ ...told, id, status: 'todo', version: 1, parent_id: null, completed_at: null });
});

test('one event and one transition tell of it, with the origin recurrence', async () => {
  const [one] = occurrencesIn(list, 1, { due_at: null, due_on: '2026-05-01' });
  await outcomesOf([one]);
  const events = await world.database.query<{ payload: TasksEvent; subject: string }>(
    'SELECT payload, subject FROM tasks.outbox WHERE aggregate_id = $1',
    [one.task_id],
  );
  expect(events).toHaveLength(1);
  const { template_id, series_id, original_start } = one;
  expect(events[0]?.subject).toBe('events.tasks.v1.created');
  expect(events[0]?.payload).toMatchObject({
    origin: 'recurrence',
    actor: { kind: 'system', id: 'recurrence' },
    request_id: 'job',
    occurrence: { template_id, series_id, original_start },
    changes: {
      template_id: { from: null, to: template_id },
      series_id: { from: null, to: series_id },
      original_start: { from: null, to: original_start },
      due_on: { from: null, to: '2026-05-01' },
      title: { from: null, to: one.title },
    },
  });
  expect(await counts()).toEqual([1, 1, 1, 1]);
});

test('asked again, and with more beside it, only what is new is made', async () => {
  const batch = occurrencesIn(list, 4);
  expect(await outcomesOf(batch.slice(0, 2))).toEqual(['created', 'created']);
  expect(await outcomesOf(batch)).toEqual(['known', 'known', 'created', 'created']);
  expect(await counts()).toEqual([4, 4, 4, 4]);
});

test('what a user has deleted does not come back, nor with its list', async () => {
  const batch = occurrencesIn(list, 2);
  await outcomesOf(batch);
  await api.deleteTask({ id: batch[0].task_id }, contextOf(workspace));
  const again = await occurrences.materialise(recurrenceIn(workspace), { occurrences: batch });
  expect(again.results).toEqual([
    { task_id: batch[0].task_id, outcome: 'known' },
    { task_id: batch[1]?.task_id, outcome: 'known', status: 'todo' },
  ]);
  await api.deleteList({ id: list, tasks: 'delete' }, contextOf(workspace));
  list = await insertList(world.database, workspace);
  expect(await outcomesOf(batch.map(inList))).toEqual(['known', 'known']);
  expect((await counts())[0]).toBe(0);
});

test('two callers at once make each of the same 500 once', async () => {
  const batch = occurrencesIn(list, 500);
  // The other way round, too: they would wait for each other if the order were theirs.
  const [one, two] = await Promise.all([outcomesOf(batch), outcomesOf(batch.toReversed())]);
  const created = [...one, ...two].filter((outcome) => outcome === 'created');
  expect([created.length, one.length + two.length]).toEqual([500, 1_000]);
  expect(await counts()).toEqual([500, 500, 500, 500]);
});

test('eight callers with overlapping batches of 500 leave no gap and no second', async () => {
  const all = occurrencesIn(list, 1_200);
  const batches = Array.from({ length: 8 }, (_, index) => all.slice(index * 100, index * 100 + 500));
  const outcomes = (await Promise.all(batches.map((batch) => outcomesOf(batch)))).flat();
  expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1_200);
  expect(outcomes.filter((outcome) => outcome === 'known')).toHaveLength(8 * 500 - 1_200);
  expect(await counts()).toEqual([1_200, 1_200, 1_200, 1_200]);
});

test('who comes while another is at it waits for its end, and makes what that one did not', async () => {
  const batch = occurrencesIn(list, 3);
  let second: Promise<MaterialiseOutcome[]> | undefined;
  const first = world.database.transaction(async (on) => {
    await on.query(
      `INSERT INTO tasks.occurrence (workspace_id, task_id, revision, written_version, outcome) VALUES ($1, $2, 1, 1, 'created')`,
      [workspace, batch[0].task_id],
    );
    second = outcomesOf(batch);
    await untilBlocked(world.database);
    throw new Error('killed');
  });
  await expect(first).rejects.toThrow('killed');
  expect(await second).toEqual(repeated('created', 3));
});

test('a list that is not there, or is another workspace’s, leaves nothing behind', async () => {
  const foreign = await insertList(world.database, uuidv7());
  const batch = [uuidv7(), foreign, list].flatMap((id) => occurrencesIn(id, 1));
  expect(await outcomesOf(batch)).toEqual(['list_not_found', 'list_not_found', 'created']);
  expect(await counts()).toEqual([1, 1, 1, 1]);
  const moved = batch.map(inList);
  expect(await outcomesOf(moved)).toEqual(['created', 'created', 'known']);
});

test('an assignee who has left is left out', async () => {
  const [ada, bob] = [uuidv7(), uuidv7()];
  world.strangers.add(bob);
  const batch = [...occurrencesIn(list, 1, { assignee_id: ada }), ...occurrencesIn(list, 1, { assignee_id: bob })];
  expect(await outcomesOf(batch)).toEqual(['created', 'created']);
  const tasks = await Promise.all(batch.map((one) => api.getTask({ id: one.task_id }, contextOf(workspace))));
  expect(tasks.map(({ assignee_id }) => assignee_id)).toEqual([ada, null]);
});

test('titles of occurrences may repeat where those of other tasks may not', async () => {
  await api.updateList({ id: list, patch: { title_policy: 'unique' } }, contextOf(workspace));
  expect(await outcomesOf(occurrencesIn(list, 3))).toEqual(repeated('created', 3));
});

test('a task stands among others by its date', async () => {
  const batch = occurrencesIn(list, 5);
  await outcomesOf(batch.toReversed());
  const { items } = await api.findTasksOfList({ id: list, order_by: 'position', limit: 500 }, contextOf(workspace));
  expect(items.map(({ id }) => id)).toEqual(batch.map(({ task_id }) => task_id));
});

test('what contradicts itself is refused by its name, and nothing is made', async () => {
  const batch = occurrencesIn(list, 3);
  const again = { ...batch[0], task_id: batch[0].task_id.toUpperCase(), due_on: '2026-05-01' };
  const refused = occurrences.materialise(recurrenceIn(workspace), { occurrences: [...batch, again] });
  const fields = (await refused.catch(faultsOf)) as { field: string }[];
  expect(fields.map(({ field }) => field)).toEqual(['occurrences[3].task_id', 'occurrences[3].due_at']);
  expect(await counts()).toEqual([0, 0, 0, 0]);
});

test('ids are the same in capitals', async () => {
  const [one] = occurrencesIn(list, 1);
  const loud = { ...one, task_id: one.task_id.toUpperCase(), list_id: list.toUpperCase() };
  expect(await outcomesOf([loud])).toEqual(['created']);
  expect(await outcomesOf([one])).toEqual(['known']);
});

test('a change and a deletion by a user say which occurrence it was', async () => {
  const [one] = occurrencesIn(list, 1);
  await outcomesOf([one]);
  await api.updateTask({ id: one.task_id, patch: { title: 'Mine' } }, contextOf(workspace));
  await api.deleteTask({ id: one.task_id }, contextOf(workspace));
  const events = await world.database.query<{ event: string; origin: string; occurrence: object; template: object }>(
    `SELECT payload->>'event' AS event, payload->>'origin' AS origin, payload->'occurrence' AS occurrence,
       payload->'changes'->'template_id' AS template FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq`,
    [one.task_id],
  );
  const { template_id, series_id, original_start } = one;
  const occurrence = { template_id, series_id, original_start };
  expect(events).toEqual([
    { event: 'created', origin: 'recurrence', occurrence, template: { from: null, to: template_id } },
    { event: 'updated', origin: 'user', occurrence, template: null },
    { event: 'deleted', origin: 'user', occurrence, template: { from: template_id, to: null } },
  ]);
});

test('that one is due soon says which occurrence it is, of another task nothing', async () => {
  const due_at = new Date(Date.now() + 30 * 60_000).toISOString();
  const [one] = occurrencesIn(list, 1, { due_at });
  await outcomesOf([one]);
  const body = await api.createTask({ title: 'Plain', list_id: list, due_at }, contextOf(workspace));
  await addDueSoonEvents(world.database, new OutboxSignal(), 60);
  const told = await world.database.query<{ id: string; occurrence: object | null; due_at: string; due_on: null }>(
    `SELECT aggregate_id AS id, payload->'occurrence' AS occurrence, payload->'due'->>'due_at' AS due_at,
       payload->'due'->'due_on' AS due_on FROM tasks.outbox
     WHERE payload->>'event' = 'due_soon' AND payload->>'workspace_id' = $1 ORDER BY payload->'due'->>'title'`,
    [workspace],
  );
  const { template_id, series_id, original_start } = one;
  expect(told).toEqual([
    { id: body.id, occurrence: null, due_at, due_on: null },
    { id: one.task_id, occurrence: { template_id, series_id, original_start }, due_at, due_on: null },
  ]);
});

test('replacing all fields of a task leaves it an occurrence', async () => {
  const [one] = occurrencesIn(list, 1);
  await outcomesOf([one]);
  const replaced = await api.replaceTask({ id: one.task_id, title: 'Other', list_id: list }, contextOf(workspace));
  const { template_id, series_id, original_start } = one;
  expect(replaced).toMatchObject({ title: 'Other', description: null, template_id, series_id, original_start });
});

test('an ordinary task says nothing of occurrences', async () => {
  const body = await api.createTask({ title: 'Plain', list_id: list }, contextOf(workspace));
  expect(body).toMatchObject({ template_id: null, series_id: null, original_start: null });
  const [event] = await world.database.query<{ payload: TasksEvent }>(
    'SELECT payload FROM tasks.outbox WHERE aggregate_id = $1',
    [body.id],
  );
  expect(event?.payload).not.toHaveProperty('occurrence');
  expect(Object.keys(event?.payload.changes ?? {})).not.toContain('template_id');
});

test('a workspace that is erased leaves no row of an occurrence', async () => {
  const batch = occurrencesIn(list, 20);
  await outcomesOf(batch);
  await api.deleteTask({ id: batch[0].task_id }, contextOf(workspace));
  const other = uuidv7();
  const kept = occurrencesIn(await insertList(world.database, other), 2);
  await occurrences.materialise(recurrenceIn(other), { occurrences: kept });
  await world.node.get(EraseWorkspace).erase(workspace, 'end');
  expect([await countOf('task'), await countOf('occurrence')]).toEqual([0, 0]);
  expect(await countOf('occurrence', 'workspace_id', other)).toBe(2);
});

test('the Inbox is made when it is asked for, once', async () => {
  const asked = await Promise.all(Array.from({ length: 4 }, () => occurrences.inbox(recurrenceIn(workspace))));
  const [first] = asked;
  expect(new Set(asked.map(({ list_id }) => list_id)).size).toBe(1);
  expect(await api.getList({ id: first?.list_id ?? '' }, contextOf(workspace))).toMatchObject({ is_inbox: true });
});
