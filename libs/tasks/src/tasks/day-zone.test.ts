// The zone of days that name none: the list's, else the caller's.
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { CreateTask, List, Task, TaskPatch } from '../../contract/index.js';
import { contextOf, createTasksWorld, type TasksOperations, type TasksWorld } from '../../testing/tasks-world.js';

let world: TasksWorld;
let api: TasksOperations;
/** A key of a workspace in Berlin. */
let me: CallContext;
let inBerlin: List;
let inTokyo: List;

beforeAll(async () => {
  world = await createTasksWorld();
  api = world.useCases();
});
afterAll(() => world?.end());
beforeEach(async () => {
  const context = contextOf(uuidv7());
  me = { ...context, principal: { ...context.principal, timezone: 'Europe/Berlin' } };
  inBerlin = await api.createList({ title: 'Home' }, me);
  inTokyo = await api.createList({ title: 'Office', timezone: 'Asia/Tokyo' }, me);
});

type Given = Pick<CreateTask, 'due_on' | 'starts_on' | 'timezone' | 'due_at'>;

function make(given: Given, { id }: List = inBerlin, by = me): Promise<Task> {
  return api.createTask({ title: 'Task', list_id: id, ...given }, by);
}
function change({ id }: Task, patch: Pick<TaskPatch, keyof TaskPatch>): Promise<Task> {
  return api.updateTask({ id, patch }, me);
}

const create = (list: List, due_on: string) => ({
  op: 'create' as const,
  task: { title: due_on, list_id: list.id, due_on },
});

async function found(query: object): Promise<number> {
  return (await api.findTasks(query, me)).items.length;
}

test('a new day is meant in the zone of the task, else of the list, else of the caller', async () => {
  expect(await make({ due_on: '2026-12-05', timezone: 'Asia/Kolkata' }, inTokyo)).toMatchObject({
    timezone: 'Asia/Kolkata',
  });
  expect((await make({ due_on: '2026-12-05' }, inTokyo)).timezone).toBe('Asia/Tokyo');
  expect((await make({ due_on: '2026-12-05' })).timezone).toBe('Europe/Berlin');
  expect((await make({ starts_on: '2026-12-05' })).timezone).toBe('Europe/Berlin');
  const inNewYork = { ...me, principal: { ...me.principal, timezone: 'America/New_York' } };
  expect((await make({ due_on: '2026-12-05' }, inBerlin, inNewYork)).timezone).toBe('America/New_York');
});

test('a task without a day, and a caller in UTC, need no zone', async () => {
  expect((await make({})).timezone).toBeNull();
  expect((await make({ due_at: '2026-12-05T10:00:00Z' })).timezone).toBeNull();
  expect((await make({ due_on: '2026-12-05' }, inBerlin, contextOf(me.principal.workspaceId))).timezone).toBeNull();
});

test('a changed day gets a zone, and keeps one', async () => {
  const task = await make({});
  expect(await change(task, { due_on: '2026-12-05' })).toMatchObject({ timezone: 'Europe/Berlin' });
  expect(await change(task, { timezone: 'Asia/Kolkata' })).toMatchObject({ timezone: 'Asia/Kolkata' });
  expect(await change(task, { due_on: '2026-12-06', list_id: inTokyo.id })).toMatchObject({ timezone: 'Asia/Kolkata' });
  expect(await change(task, { timezone: null })).toMatchObject({ timezone: 'Asia/Tokyo' });
  expect(await change(task, { title: 'New' })).toMatchObject({ timezone: 'Asia/Tokyo', version: 6 });
  const replaced = await api.replaceTask({ id: task.id, title: 'T', list_id: inBerlin.id, due_on: '2026-12-07' }, me);
  expect(replaced.timezone).toBe('Europe/Berlin');
});

test('a task whose days stay as they are keeps the zone of its author', async () => {
  const inUtc = contextOf(me.principal.workspaceId);
  const task = await make({ due_on: '2026-12-05' }, inBerlin, inUtc);
  expect(await change(task, { due_on: '2026-12-05' })).toMatchObject({ timezone: null, version: 1 });
  const { id, title, list_id, due_on, timezone } = task;
  const replaced = await api.replaceTask({ id, title, list_id, due_on, timezone }, me);
  expect(replaced).toMatchObject({ timezone: null, version: 1 });
  expect(await change(task, { due_on: '2026-12-06' })).toMatchObject({ timezone: 'Europe/Berlin' });
});

test('a duplicate is due when the task is, whoever duplicates it', async () => {
  const inUtc = contextOf(me.principal.workspaceId);
  const task = await make({ due_on: '2026-12-05' }, inBerlin, inUtc);
  await api.duplicateTask({ id: task.id }, me);
  expect(await found({ due_after: '2026-12-05T23:30:00Z', due_before: '2026-12-06T00:00:00Z' })).toBe(2);
});

test('a batch does so for each of its operations', async () => {
  const task = await make({});
  const { results } = await api.batchTasks(
    {
      operations: [
        create(inTokyo, '2026-12-05'),
        create(inBerlin, '2026-12-06'),
        create(inTokyo, '2026-12-07'),
        { op: 'update', id: task.id, patch: { starts_on: '2026-12-08' } },
      ],
    },
    me,
  );
  const zones = results.map(({ task: made }) => made?.timezone);
  expect(zones).toEqual(['Asia/Tokyo', 'Europe/Berlin', 'Asia/Tokyo', 'Europe/Berlin']);
});

test('a day ends at midnight of its zone, on days with a clock change as well', async () => {
  for (const [day, next, end] of [
    ['2026-12-05', '2026-12-06', '2026-12-05T23:00:00Z'],
    // The clocks of Berlin go forward on this day, and back on that one.
    ['2027-03-28', '2027-03-29', '2027-03-28T22:00:00Z'],
    ['2026-10-25', '2026-10-26', '2026-10-25T23:00:00Z'],
  ] as const) {
    const { id } = await make({ due_on: day });
    expect([day, await found({ due_before: end })]).toEqual([day, 1]);
    expect(await found({ due_before: new Date(Date.parse(end) - 1).toISOString() })).toBe(0);
    // Dates say the same, in the zone of the caller or in a named one.
    expect(await found({ due_after: day, due_before: next })).toBe(1);
    expect(await found({ due_after: next })).toBe(0);
    expect(await found({ due_before: day })).toBe(0);
    expect(await found({ due_after: day, due_before: next, timezone: 'Pacific/Kiritimati' })).toBe(0);
    await api.deleteTask({ id }, me);
  }
});

test('a list comes back from the trash with its zone', async () => {
  await api.deleteList({ id: inTokyo.id }, me);
  await world.trash().restoreFromTrash({ id: inTokyo.id }, me);
  expect((await api.getList({ id: inTokyo.id }, me)).timezone).toBe('Asia/Tokyo');
});

test('another start does not move the due date of a task in UTC', async () => {
  const task = await make({ due_on: '2026-12-05' }, inBerlin, contextOf(me.principal.workspaceId));
  expect(await change(task, { starts_on: '2026-12-01' })).toMatchObject({ timezone: null });
  expect(await change(task, { due_on: '2026-12-06' })).toMatchObject({ timezone: 'Europe/Berlin' });
});
