// One after the other: what follows a task that is over, and what becomes of it when that is reopened.
import type { OccurrencesClient } from '../../contract/index.js';
import { DomainError, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { MaterialiseOutcome, TaskStatus } from '../../contract/index.js';
import { occurrencesIn, recurrenceIn, revisionOf, type Occurrence } from '../../testing/occurrences.js';
import {
  contextOf,
  createTasksWorld,
  insertList,
  type TasksWorld,
  type TasksOperations,
} from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let occurrences: OccurrencesClient;
let context: CallContext;
let first: Occurrence;
let next: Occurrence;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
  occurrences = world.occurrences();
});
afterAll(() => world?.end());
beforeEach(async () => {
  const workspace = uuidv7();
  context = contextOf(workspace);
  const [one, two] = occurrencesIn(await insertList(world.database, workspace), 2);
  first = one;
  next = { ...(two ?? one), successor_of: one.task_id };
  await make(first);
});

async function make(one: Occurrence): Promise<MaterialiseOutcome | undefined> {
  const asked = recurrenceIn(context.principal.workspaceId);
  const { results } = await occurrences.materialise(asked, { occurrences: [one] });
  return results[0]?.outcome;
}

const bring = (one: Occurrence, status: TaskStatus): Promise<unknown> =>
  api.updateTask({ id: one.task_id, patch: { status } }, context);

function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'ok',
    (error: unknown) => (error instanceof DomainError ? error.code : error),
  );
}

const isThere = (one: Occurrence): Promise<unknown> => codeOf(api.getTask({ id: one.task_id }, context));

test('the next one is not made while the one before is open, and is once that is over', async () => {
  expect(await make(next)).toBe('predecessor_open');
  await bring(first, 'cancelled');
  expect(await make(next)).toBe('created');
});

test('it is made after one that is deleted', async () => {
  await api.deleteTask({ id: first.task_id }, context);
  expect(await make(next)).toBe('created');
});

test.each(['done', 'archived', 'cancelled'] as const)(
  'reopened from %s, what followed goes, told as recurrence’s',
  async (status) => {
    await bring(first, status);
    await make(next);
    await bring(first, 'in_progress');
    expect(await isThere(next)).toBe('task_not_found');
    const events = await world.database.query<{ event: string; origin: string }>(
      `SELECT payload->>'event' AS event, payload->>'origin' AS origin FROM tasks.outbox WHERE aggregate_id = $1 ORDER BY seq`,
      [next.task_id],
    );
    expect(events).toEqual([
      { event: 'created', origin: 'recurrence' },
      { event: 'deleted', origin: 'recurrence' },
    ]);
  },
);

test('what has been worked on keeps the one before closed', async () => {
  await bring(first, 'done');
  await make(next);
  await api.updateTask({ id: next.task_id, patch: { title: 'Mine' } }, context);
  expect(await codeOf(bring(first, 'todo'))).toBe('successor_touched');
  expect((await api.getTask({ id: first.task_id }, context)).status).toBe('done');
  expect(await isThere(next)).toBe('ok');
});

test('so it is in a batch', async () => {
  await bring(first, 'done');
  await make(next);
  const reopen = { op: 'update' as const, id: first.task_id, patch: { status: 'todo' as const } };
  const other = { op: 'update' as const, id: next.task_id, patch: { title: 'Mine' } };
  expect(await codeOf(api.batchTasks({ operations: [other, reopen] }, context))).toBe('successor_touched');
  expect(await codeOf(api.batchTasks({ operations: [reopen] }, context))).toBe('ok');
  expect(await isThere(next)).toBe('task_not_found');
});

test('a change that closes nothing and opens nothing leaves what follows alone', async () => {
  await bring(first, 'done');
  await make(next);
  await bring(first, 'archived');
  await api.updateTask({ id: first.task_id, patch: { title: 'As it was' } }, context);
  expect(await isThere(next)).toBe('ok');
});

test('of reopening and following at once, one wins', async () => {
  await bring(first, 'done');
  const [outcome] = await Promise.all([make(next), bring(first, 'todo')]);
  expect(['created', 'predecessor_open']).toContain(outcome);
  expect(await isThere(next)).toBe('task_not_found');
});

test('withdrawn, it can be removed again and is not made any more', async () => {
  await bring(first, 'done');
  await make(next);
  await bring(first, 'todo');
  const asked = recurrenceIn(context.principal.workspaceId);
  const { results } = await occurrences.revise(asked, { revisions: [revisionOf(next, null)] });
  expect(results[0]?.outcome).toBe('gone');
  await bring(first, 'done');
  expect(await make(next)).toBe('known');
});
