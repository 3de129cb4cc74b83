// Occurrences whose tasks users delete, change or close, on a real PostgreSQL with the operations of tasks.
import { createRecurrenceWorld, dayAt, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeEach(async () => {
  world = await createRecurrenceWorld();
});
afterEach(() => world?.end());

const HORIZON = { generation_horizon_days: 30 };
const daily = () => ({ dtstart: dayAt(-3, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const });
const THIRD = dayAt(3, '09:00:00');

async function startsOf(template: { id: string }): Promise<(string | null)[]> {
  return (await world.tasksOf(template)).map(({ original_start: start }) => start);
}

async function exceptionsOf({ id }: { id: string }): Promise<unknown[]> {
  const { items } = await world.api.findExceptions({ id }, world.context);
  return items.map(({ original_start: start, kind, version }) => [start, kind, version]);
}

test('a task that is deleted just before its template changes is an exception, told of once', async () => {
  const template = await world.create(daily(), HORIZON);
  await world.take();
  const { task_id: taskId } = await world.row(template, THIRD);
  await world.tasks.deleteTask({ id: taskId }, world.context);
  await world.api.updateTemplate({ id: template.id, patch: { title: 'Other' } }, world.context);
  const events = await world.take();
  await world.consume(...events);
  expect((await world.take()).map(({ event }) => event)).toEqual(['occurrence_skipped']);
  expect(await exceptionsOf(template)).toEqual([[THIRD, 'skip', 1]]);
  await world.consume(...events);
  expect(await world.take()).toEqual([]);
});

test('a task that is deleted just before a pause does not return with the template', async () => {
  const template = await world.create(daily(), HORIZON);
  await world.take();
  const { task_id: taskId } = await world.row(template, THIRD);
  await world.tasks.deleteTask({ id: taskId }, world.context);
  await world.api.pauseTemplate({ id: template.id }, world.context);
  await world.api.resumeTemplate({ id: template.id }, world.context);
  await world.deliver();
  expect(await startsOf(template)).not.toContain(THIRD);
  expect(await exceptionsOf(template)).toEqual([[THIRD, 'skip', 1]]);
});

test('a chain goes on where its task is deleted just before the template changes', async () => {
  const template = await world.create(daily(), { anchor: 'completion' });
  await world.take();
  const [task] = await world.tasksOf(template);
  await world.tasks.deleteTask({ id: task?.id ?? '' }, world.context);
  await world.api.updateTemplate({ id: template.id, patch: { title: 'Other' } }, world.context);
  await world.deliver();
  expect(await world.tasksOf(template)).toHaveLength(1);
});

test('what a reopened task has withdrawn is not skipped, though the template changes at that moment', async () => {
  const template = await world.create(daily(), { anchor: 'completion' });
  const [task] = await world.tasksOf(template);
  const id = task?.id ?? '';
  await world.tasks.updateTask({ id, patch: { status: 'done' } }, world.context);
  await world.deliver();
  const before = await startsOf(template);
  expect(before).toHaveLength(2);
  await world.tasks.updateTask({ id, patch: { status: 'todo' } }, world.context);
  await world.api.updateTemplate({ id: template.id, patch: { title: 'Other' } }, world.context);
  await world.deliver();
  expect(await startsOf(template)).toEqual(before.slice(0, 1));
  await world.tasks.updateTask({ id, patch: { status: 'done' } }, world.context);
  await world.deliver();
  expect(await startsOf(template)).toEqual(before);
});

test('the time of an exception never runs backwards, whatever is heard late', async () => {
  const template = await world.create(daily(), HORIZON);
  const { task_id: taskId } = await world.row(template, THIRD);
  await world.take();
  await world.tasks.updateTask({ id: taskId, patch: { title: 'Other' } }, world.context);
  const late = await world.take();
  const exception = { original_start: THIRD, kind: 'edit' as const, fields: { priority: 'high' as const } };
  await world.api.createException({ id: template.id, ...exception }, world.context);
  await world.consume(...late);
  const events = (await world.take()).filter(({ event }) => event === 'occurrence_edited');
  expect(events.map(({ version }) => version)).toEqual([1, 2]);
  const [first = '', second = ''] = events.map(({ occurred_at: at }) => at);
  expect(second >= first).toBe(true);
});

test('an occurrence that had lost its due date gets one again by being moved', async () => {
  const template = await world.create(daily(), HORIZON);
  const { task_id: taskId } = await world.row(template, THIRD);
  await world.tasks.updateTask({ id: taskId, patch: { due_at: null } }, world.context);
  await world.deliver();
  const at = `${dayAt(4, '12:00:00')}.000Z`;
  await world.api.createException({ id: template.id, original_start: THIRD, kind: 'move', at }, world.context);
  expect(await world.tasks.getTask({ id: taskId }, world.context)).toMatchObject({ due_at: at });
  await world.tasks.updateTask({ id: taskId, patch: { due_at: null } }, world.context);
  await world.tasks.updateTask({ id: taskId, patch: { due_at: `${dayAt(5, '12:00:00')}Z` } }, world.context);
  await world.deliver();
  expect(await world.row(template, THIRD)).toMatchObject({ moved_to: `${dayAt(5, '12:00:00')}.000Z`, fields: null });
});
