// Due dates that are given as the time after the start.
import { DomainError, type CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { List, Task } from '../../contract/index.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
let me: CallContext;
let list: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  me = contextOf(uuidv7());
  list = await api.createList({ title: 'List', timezone: 'Europe/Berlin' }, me);
});

const make = (more: object): Promise<Task> => api.createTask({ title: 'Task', list_id: list.id, ...more }, me);
const patch = ({ id }: Task, patched: object): Promise<Task> => api.updateTask({ id, patch: patched }, me);
const datesOf = ({ starts_on, due_on, due_at, timezone }: Task): unknown[] => [starts_on, due_on ?? due_at, timezone];
const START = '2026-05-01';

async function refusal(work: Promise<unknown>): Promise<unknown> {
  const error: unknown = await work.catch((thrown: unknown) => thrown);
  return error instanceof DomainError ? [error.code, error.details] : error;
}

test('a task is created with it, on a day or at an instant in its zone', async () => {
  expect(datesOf(await make({ starts_on: START, due_offset: 'P3D' }))).toEqual([START, '2026-05-04', 'Europe/Berlin']);
  const timed = await make({ starts_on: START, due_offset: 'P2DT17H' });
  expect(datesOf(timed)).toEqual([START, '2026-05-03T15:00:00.000Z', 'Europe/Berlin']);
  const own = await make({ starts_on: START, due_offset: 'PT1H', timezone: 'America/New_York' });
  expect(datesOf(own)).toEqual([START, '2026-05-01T05:00:00.000Z', 'America/New_York']);
  expect(timed).not.toHaveProperty('due_offset');
});

test('a change counts from the start that it sets, else from that of the task', async () => {
  const task = await make({ starts_on: START, due_at: '2026-05-02T10:00:00Z' });
  expect(datesOf(await patch(task, { due_offset: 'P1W' }))).toEqual([START, '2026-05-08', 'Europe/Berlin']);
  const moved = await patch(task, { starts_on: '2026-06-01', due_offset: 'P1W' });
  expect(datesOf(moved)).toEqual(['2026-06-01', '2026-06-08', 'Europe/Berlin']);
  expect(datesOf(await patch(task, { starts_on: '2026-06-02' }))).toEqual([
    '2026-06-02',
    '2026-06-08',
    'Europe/Berlin',
  ]);
  const replaced = await api.replaceTask(
    { id: task.id, title: 'Task', list_id: list.id, starts_on: START, due_offset: 'P0D' },
    me,
  );
  expect(datesOf(replaced)).toEqual([START, START, 'Europe/Berlin']);
});

test('a batch takes it, and its event has the due date', async () => {
  const task = await make({ starts_on: START });
  const more = { title: 'More', list_id: list.id, starts_on: START, due_offset: 'P1M' };
  const { results } = await api.batchTasks(
    {
      operations: [
        { op: 'update', id: task.id, patch: { due_offset: 'P2D' } },
        { op: 'create', task: more },
        { op: 'create', task: { ...more, title: 'Even more' } },
      ],
    },
    me,
  );
  expect(results.map((result) => result.task?.due_on)).toEqual(['2026-05-03', '2026-06-01', '2026-06-01']);
  const [told] = await world.database.query(
    `SELECT payload->'changes' AS changes FROM tasks.outbox WHERE aggregate_id = $1 AND version = 2`,
    [task.id],
  );
  expect(told).toEqual({ changes: { due_on: { from: null, to: '2026-05-03' } } });
});

test('null is as absent', async () => {
  const task = await make({ due_on: '2026-05-09', due_offset: null });
  expect(await patch(task, { starts_on: START, due_offset: null })).toMatchObject({ due_on: '2026-05-09' });
});

test('the same again changes nothing', async () => {
  const task = await make({ starts_on: START, due_offset: 'P3D' });
  expect(await patch(task, { due_offset: 'P3D' })).toMatchObject({ version: 1 });
});

test.each([
  [{ starts_on: START, due_offset: 'P3D', due_on: '2026-05-09' }, 'goes without due_at and due_on'],
  [{ starts_on: START, due_offset: 'P3D', due_at: '2026-05-09T10:00:00Z' }, 'goes without due_at and due_on'],
  [{ due_offset: 'P3D' }, 'requires starts_on'],
  [{ starts_on: null, due_offset: 'P3D' }, 'requires starts_on'],
])('%j is refused', async (fields, issue) => {
  const refused = ['validation_error', [{ field: 'due_offset', code: 'not_combinable', issue }]];
  expect(await refusal(make(fields))).toEqual(refused);
  const task = await make({});
  expect(await refusal(patch(task, fields))).toEqual(refused);
});
