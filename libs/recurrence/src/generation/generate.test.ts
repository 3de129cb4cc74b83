// Generation, on a real PostgreSQL and with tasks' own use cases.
import { jest } from '@jest/globals';
import { createRecurrenceWorld, dayAt, passDays, type RecurrenceWorld } from '../../testing/recurrence-world.js';
import { saveSyncResults } from '../persistence/task-sync.store.js';
import { postpone } from '../persistence/templates.store.js';

let world: RecurrenceWorld;

beforeEach(async () => {
  world = await createRecurrenceWorld();
});
afterEach(async () => {
  jest.useRealTimers();
  await world?.end();
});

const HORIZON = { generation_horizon_days: 30 };
const daily = (more: object = {}) => ({
  dtstart: dayAt(-3, '09:00:00'),
  timezone: 'UTC',
  pattern: 'daily' as const,
  ...more,
});

/** As if somebody had asked for the very same plan once more. */
async function replan(id: string): Promise<void> {
  await world.database.query(
    'UPDATE recurrence.template SET revision = revision + 1, next_run_at = now() WHERE id = $1',
    [id],
  );
}

test('a template has its tasks up to the horizon', async () => {
  const template = await world.create(daily(), HORIZON);
  const tasks = await world.tasksOf(template);
  expect(tasks.length).toBeGreaterThanOrEqual(30);
  expect(tasks[1]).toMatchObject({ original_start: dayAt(1, '09:00:00'), due_at: `${dayAt(1, '09:00:00')}.000Z` });
});

test('a chain goes on where its task is done while a job runs, though who heard of it dies at once', async () => {
  const template = await world.create(daily(), { anchor: 'completion' });
  const [task] = await world.tasksOf(template);
  await world.take();
  world.between.revise = async () => {
    delete world.between.revise;
    await world.tasks.updateTask({ id: task?.id ?? '', patch: { status: 'done' } }, world.context);
    await world.consume(...(await world.take()));
    world.enqueued.length = 0;
  };
  await replan(template.id);
  await world.work();
  expect((await world.tasksOf(template)).map(({ status }) => status)).toEqual(['done', 'todo']);
});

test('a template whose tasks are refused rests until long after its job has given up', async () => {
  const template = await world.create(daily(), HORIZON);
  await replan(template.id);
  await postpone(world.database, template.id);
  world.unavailable.tasks = true;
  await expect(world.generation.generate(template.id, { requestId: 'job' })).rejects.toMatchObject({
    code: 'unavailable',
  });
  const { next_run_at: next } = await world.template(template.id);
  expect(Date.parse(next ?? '')).toBeGreaterThan(Date.now() + 30 * 60_000);
});

async function startsOf(template: { id: string }): Promise<(string | null)[]> {
  return (await world.tasksOf(template)).map(({ original_start: start }) => start);
}

test('the task of a chain that is overdue for days follows its template, and goes with its pause', async () => {
  const template = await world.create(daily(), { anchor: 'completion' });
  passDays(5);
  await world.api.updateTemplate({ id: template.id, patch: { title: 'Other' } }, world.context);
  expect(await world.tasksOf(template)).toMatchObject([{ title: 'Other' }]);
  await world.api.pauseTemplate({ id: template.id }, world.context);
  expect(await world.tasksOf(template)).toEqual([]);
});

test('an occurrence that was moved far ahead follows its template when its own date has passed', async () => {
  const template = await world.create(daily(), HORIZON);
  const [start, at] = [dayAt(1, '09:00:00'), `${dayAt(20, '12:00:00')}Z`];
  await world.api.createException({ id: template.id, original_start: start, kind: 'move', at }, world.context);
  passDays(5);
  await world.api.updateTemplate({ id: template.id, patch: { title: 'Other' } }, world.context);
  const { task_id: taskId } = await world.row(template, start);
  expect(await world.tasks.getTask({ id: taskId }, world.context)).toMatchObject({ title: 'Other' });
});

test('a template that is to count from completion keeps one live occurrence of all', async () => {
  const first = dayAt(1, '09:00:00');
  const template = await world.create(daily({ dtstart: first }), HORIZON);
  await world.api.updateTemplate({ id: template.id, patch: { anchor: 'completion' } }, world.context);
  await world.work();
  expect(await startsOf(template)).toEqual([first]);
});

test('until when all tasks are there does not fall back while an exception is made', async () => {
  const template = await world.create(daily());
  const exception = { original_start: dayAt(3, '09:00:00'), kind: 'skip' as const };
  await world.api.createException({ id: template.id, ...exception }, world.context);
  const { generated_through: through } = await world.api.getTemplate({ id: template.id }, world.context);
  expect(through).toBe(template.generated_through);
});

const WEEKLY = { timezone: 'UTC', pattern: 'weekly' as const };

async function moved(start: string, at: string): Promise<{ id: string }> {
  const template = await world.create({ ...WEEKLY, dtstart: start }, { lead_days: 1 });
  await world.api.createException({ id: template.id, original_start: start, kind: 'move', at }, world.context);
  await world.work();
  return template;
}

test('an occurrence that is moved to an earlier day has its task in time', async () => {
  const [start, at] = [dayAt(6, '09:00:00'), `${dayAt(3, '12:00:00')}.000Z`];
  const template = await moved(start, at);
  expect(await world.tasksOf(template)).toEqual([]);
  const { next_run_at: next } = await world.template(template.id);
  expect(next).toBe(`${dayAt(2, '12:00:00')}.000Z`);
  passDays(3);
  await world.generation.generate(template.id, { requestId: 'job' });
  expect(await world.tasksOf(template)).toMatchObject([{ original_start: start, due_at: at }]);
});

test('an occurrence that is moved to a later day has no task before its time', async () => {
  const template = await moved(dayAt(2, '09:00:00'), `${dayAt(6, '12:00:00')}Z`);
  passDays(3);
  await world.generation.generate(template.id, { requestId: 'job' });
  expect(await startsOf(template)).toEqual([]);
  passDays(3);
  await world.generation.generate(template.id, { requestId: 'job' });
  expect(await startsOf(template)).toHaveLength(1);
});

test('a template whose list goes while an edited occurrence has no task yet comes to rest', async () => {
  const list = await world.newList();
  const template = await world.create(daily(), { ...HORIZON, list_id: list });
  await world.api.pauseTemplate({ id: template.id }, world.context);
  world.unavailable.tasks = true;
  await world.api.resumeTemplate({ id: template.id }, world.context);
  const exception = { original_start: dayAt(3, '09:00:00'), kind: 'edit' as const, fields: { title: 'Mine' } };
  await world.api.createException({ id: template.id, ...exception }, world.context);
  world.unavailable.tasks = false;
  await world.tasks.deleteList({ id: list, tasks: 'delete' }, world.context);
  expect(await world.generation.generate(template.id, { requestId: 'job' })).toBeNull();
  expect(await world.template(template.id)).toMatchObject({ status: 'ended', next_run_at: null });
});

test('a task that is deleted while tasks says that somebody has worked on it stays away', async () => {
  const template = await world.create(daily(), HORIZON);
  const start = dayAt(3, '09:00:00');
  const { task_id: taskId, revision } = await world.row(template, start);
  await world.take();
  await world.tasks.deleteTask({ id: taskId }, world.context);
  await world.deliver();
  const touched = { task_id: taskId, revision, made: true, wanted: true, gone: false, task_status: 'todo' as const };
  await saveSyncResults(world.database, [touched]);
  expect(await world.row(template, start)).toMatchObject({ skipped: true, wanted: false });
});

test('a worker that was asleep while a user deleted a task does not bring it back', async () => {
  const template = await world.create(daily(), HORIZON);
  const { task_id: taskId } = await world.row(template, dayAt(3, '09:00:00'));
  await world.database.query('UPDATE recurrence.occurrence SET made = false, settled_revision = 0 WHERE task_id = $1', [
    taskId,
  ]);
  world.between.materialise = async () => {
    delete world.between.materialise;
    await world.tasks.deleteTask({ id: taskId }, world.context);
    await world.consume(...(await world.take()));
  };
  await world.generation.generate(template.id, { requestId: 'job' });
  await world.deliver();
  expect((await world.tasksOf(template)).map(({ id }) => id)).not.toContain(taskId);
  expect((await world.api.findExceptions({ id: template.id }, world.context)).items).toMatchObject([{ kind: 'skip' }]);
});

test('a rule that changes forth and back while tasks is away has each of its tasks once', async () => {
  const rule = daily({ dtstart: dayAt(1, '00:00:00') });
  const template = await world.create(rule, HORIZON);
  world.unavailable.tasks = true;
  await world.api.updateTemplate({ id: template.id, patch: { rule: { ...rule, every: 2 } } }, world.context);
  await world.api.updateTemplate({ id: template.id, patch: { rule: { ...rule, every: 1 } } }, world.context);
  world.unavailable.tasks = false;
  await world.generation.generate(template.id, { requestId: 'job' });
  await world.deliver();
  expect(await startsOf(template)).toEqual(Array.from({ length: 30 }, (_, day) => dayAt(day + 1, '00:00:00')));
});

test('workers that die before, between and after each other leave no gap and no second', async () => {
  const rule = daily({ dtstart: dayAt(1, '00:00:00') });
  let dead = 0;
  world.between.materialise = () => (dead++ < 3 ? Promise.reject(new Error('killed')) : Promise.resolve());
  const input = { title: 'Water the plants', list_id: world.list, rule, ...HORIZON };
  const template = await world.api.createTemplate(input, world.context);
  const run = (): Promise<unknown> => world.generation.generate(template.id, { requestId: 'job' });
  await Promise.allSettled([run(), run(), run()]);
  await Promise.all([run(), run()]);
  expect(await startsOf(template)).toEqual(Array.from({ length: 30 }, (_, day) => dayAt(day + 1, '00:00:00')));
});

/** As from before there was a budget. */
async function storedTooExpensive(): Promise<string> {
  const { id } = await world.create(daily(), HORIZON);
  const rule = { dtstart: '1801-01-01T09:00:00', timezone: 'UTC', rrule: 'FREQ=WEEKLY;COUNT=1000000' };
  await world.database.query(
    `UPDATE recurrence.template SET rule = $2, planned_before = NULL, revision = revision + 1, next_run_at = now()
     WHERE id = $1`,
    [id, JSON.stringify(rule)],
  );
  await world.take();
  return id;
}

describe('a rule that is stored and takes too many steps', () => {
  test('is a problem that its owner sees, told once, and no job tries it again', async () => {
    const id = await storedTooExpensive();
    const { version } = await world.api.getTemplate({ id }, world.context);
    await world.work();
    expect(await world.api.getTemplate({ id }, world.context)).toMatchObject({
      problem: 'rule_too_expensive',
      status: 'active',
      version: version + 1,
    });
    expect((await world.template(id)).next_run_at).toBeNull();
    const [told, ...others] = await world.take();
    expect(told).toMatchObject({
      event: 'template_updated',
      origin: 'system',
      version: version + 1,
      changes: { problem: { from: null, to: 'rule_too_expensive' } },
    });
    expect(others).toEqual([]);
    // The job that its own event queues finds the same problem.
    await world.generation.generate(id, { requestId: 'job' });
    expect(await world.take()).toEqual([]);
    expect((await world.template(id)).next_run_at).toBeNull();
  });

  test('keeps the tasks that are there, and can be changed, paused and ended', async () => {
    const id = await storedTooExpensive();
    await world.work();
    expect((await world.tasksOf({ id })).length).toBeGreaterThanOrEqual(30);
    const renamed = await world.api.updateTemplate({ id, patch: { title: 'Water the herbs' } }, world.context);
    expect(renamed).toMatchObject({ title: 'Water the herbs', problem: 'rule_too_expensive' });
    await expect(
      world.api.findOccurrences({ id, from: '2500-01-01T00:00:00Z', to: '2500-02-01T00:00:00Z' }, world.context),
    ).rejects.toMatchObject({ code: 'rule_too_expensive', kind: 'invalid' });
    const mended = await world.api.updateTemplate({ id, patch: { rule: daily() } }, world.context);
    expect(mended.problem).toBeNull();
    await world.work();
    expect((await world.tasksOf({ id })).length).toBeGreaterThanOrEqual(30);
  });

  test('ends', async () => {
    const id = await storedTooExpensive();
    await world.work();
    const ended = await world.api.endTemplate({ id }, world.context);
    expect(ended).toMatchObject({ status: 'ended', problem: null });
  });
});

test('a new rule that takes too many steps is refused, and its preview as well', async () => {
  const rule = { dtstart: '1801-01-01T09:00:00', timezone: 'UTC', rrule: 'FREQ=WEEKLY;COUNT=1000000' };
  const refused = { code: 'rule_too_expensive', kind: 'invalid', details: [{ field: 'rule.rrule' }] };
  await expect(world.create(rule)).rejects.toMatchObject(refused);
  await expect(world.api.previewRule({ rule }, world.context)).rejects.toMatchObject(refused);
  const { id } = await world.create(daily(), HORIZON);
  await expect(world.api.updateTemplate({ id, patch: { rule } }, world.context)).rejects.toMatchObject(refused);
  await expect(world.api.diffTemplate({ id, patch: { rule } }, world.context)).rejects.toMatchObject(refused);
});

test('of a long pause, the latest of very many is found without a walk through them', async () => {
  const { id } = await world.create(
    { dtstart: '2026-01-01T00:00:30', timezone: 'UTC', rrule: 'FREQ=MINUTELY' },
    HORIZON,
  );
  await world.api.pauseTemplate({ id }, world.context);
  await world.database.query(`UPDATE recurrence.template SET paused_at = now() - interval '3 years' WHERE id = $1`, [
    id,
  ]);
  const before = Date.now();
  await world.api.resumeTemplate({ id, missed: 'latest' }, world.context);
  const { plan_from: planFrom } = await world.template(id);
  expect(new Date(planFrom).getUTCSeconds()).toBe(30);
  expect(before - Date.parse(planFrom)).toBeLessThan(61_000);
});
