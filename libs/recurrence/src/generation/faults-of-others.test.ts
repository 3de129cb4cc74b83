// The faults that users of other systems complain of, by name, on a real PostgreSQL and with tasks' own use cases. Time passes
// by the clock of the process alone: what looks at it there believes that it is later.
import { Temporal } from 'temporal-polyfill';
import type { Task } from '@mono/tasks/contract';
import type { CreateTemplate, Template } from '../../contract/index.js';
import { createRecurrenceWorld, dayAt, dayFrom, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeEach(async () => {
  world = await createRecurrenceWorld();
});
afterEach(() => world?.end());

type Rule = CreateTemplate['rule'];

const DAY_MS = 24 * 60 * 60 * 1_000;
const HORIZON = { generation_horizon_days: 30 };
const NEW_YORK = 'America/New_York';
const realNow = Date.now;

const daily = (more: object = {}): Rule => ({
  dtstart: dayAt(1, '09:00:00'),
  timezone: 'UTC',
  pattern: 'daily',
  ...more,
});

/** As it would be at that time, in milliseconds. */
async function at<T>(ms: number, work: () => Promise<T>): Promise<T> {
  Date.now = () => ms;
  try {
    return await work();
  } finally {
    Date.now = realNow;
  }
}

function generate({ id }: { id: string }): Promise<Date | null> {
  return world.generation.generate(id, { requestId: 'job' });
}

/** As if somebody had asked for the very same plan once more. */
async function regenerate({ id }: { id: string }): Promise<void> {
  await world.database.query(
    'UPDATE recurrence.template SET revision = revision + 1, planned_before = NULL WHERE id = $1',
    [id],
  );
  await generate({ id });
}

async function startsOf(template: { id: string }): Promise<(string | null)[]> {
  return (await world.tasksOf(template)).map(({ original_start: start }) => start);
}

async function taskAt(template: Template, start: string): Promise<Task> {
  const task = (await world.tasksOf(template)).find(({ original_start: key }) => key === start);
  if (!task) throw new Error(`There is no task of ${start}.`);
  return task;
}

async function exceptionsOf({ id }: { id: string }): Promise<unknown[]> {
  const { items } = await world.api.findExceptions({ id }, world.context);
  return items.map(({ original_start: start, kind }) => [start, kind]);
}

function patch({ id }: Template, change: object): Promise<Template> {
  return world.api.updateTemplate({ id, patch: change }, world.context);
}

function change({ id }: Task, fields: object): Promise<Task> {
  return world.tasks.updateTask({ id, patch: fields }, world.context);
}

function localOf({ due_at: due }: Task, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.from(due ?? '').toZonedDateTimeISO(zone);
}

test('a weekly template keeps its weekday and hour, batch after batch, across changes of the clocks', async () => {
  const rule: Rule = {
    dtstart: dayAt(1, '21:30:00'),
    timezone: NEW_YORK,
    pattern: 'weekly',
    days_of_week: ['SU', 'WE'],
  };
  const template = await world.create(rule, HORIZON);
  for (let week = 1; week <= 52; week += 3) await at(realNow() + week * 7 * DAY_MS, () => generate(template));
  const tasks = await world.tasksOf(template);
  expect(tasks.length).toBeGreaterThan(104);
  const seen = tasks.map((task) => {
    const { dayOfWeek, hour, minute } = localOf(task, NEW_YORK);
    return `${dayOfWeek} ${hour}:${minute}`;
  });
  expect(new Set(seen)).toEqual(new Set(['3 21:30', '7 21:30']));
  const days = tasks.map((task) => localOf(task, NEW_YORK).toPlainDate());
  const gaps = days.slice(1).map((day, index) => days[index]?.until(day).days);
  expect(new Set(gaps)).toEqual(new Set([3, 4]));
});

test.each(['UTC', 'Pacific/Apia', 'Pacific/Honolulu', null])(
  'reconciling around midnight in UTC doubles nothing, in %s',
  async (timezone) => {
    const template = await world.create(daily({ timezone, dtstart: dayAt(-2, '00:00:00') }), HORIZON);
    const before = await world.tasksOf(template);
    const midnight = Date.parse(`${dayFrom(1)}T00:00:00Z`);
    for (const ms of [-1, 0, 1, 60_000]) {
      await at(midnight + ms, () => generate(template));
      await at(midnight + ms, () => regenerate(template));
    }
    const after = await world.tasksOf(template);
    expect(after.slice(0, before.length).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after.length - before.length).toBeLessThanOrEqual(1);
    const days = after.map(({ due_at: due }) => Date.parse(due ?? '') / DAY_MS);
    expect(days.slice(1).every((day, index) => Math.abs(day - (days[index] ?? 0) - 1) < 0.1)).toBe(true);
  },
);

test('what begins on January 31 is on the last day of each month, and never in the next one', async () => {
  const rule: Rule = { dtstart: '2024-01-31T08:00:00', timezone: 'Europe/Berlin', pattern: 'monthly' };
  const tasks = await world.tasksOf(await world.create(rule, { generation_horizon_days: 730 }));
  // 730 days can end the day before the 24th month does.
  expect(tasks.length).toBeGreaterThanOrEqual(23);
  const lasts = tasks.map((task) => {
    const { day, daysInMonth } = localOf(task, 'Europe/Berlin');
    return daysInMonth - day;
  });
  expect(new Set(lasts)).toEqual(new Set([0]));
  const months = tasks.map(({ original_start: start }) => start?.slice(0, 7));
  expect(new Set(months).size).toBe(tasks.length);
});

test('regeneration neither deletes nor resets what is edited, begun or done, whatever changes', async () => {
  const template = await world.create(daily(), HORIZON);
  const [edited, begun, done, plain] = (await world.tasksOf(template)) as [Task, Task, Task, Task];
  await change(edited, { title: 'Water the cactus', tags: ['cactus'] });
  await change(begun, { status: 'in_progress' });
  await change(done, { status: 'done' });
  const check = async (what: string): Promise<void> => {
    const tasks = new Map((await world.tasksOf(template)).map((task) => [task.id, task]));
    expect([what, tasks.get(edited.id)]).toMatchObject([what, { title: 'Water the cactus', tags: ['cactus'] }]);
    expect([what, tasks.get(begun.id)]).toMatchObject([what, { status: 'in_progress' }]);
    expect([what, tasks.get(done.id)]).toMatchObject([what, { title: done.title, status: 'done' }]);
  };
  // The same before and after recurrence consumes the event.
  for (const consume of [() => Promise.resolve(), () => world.deliver()]) {
    await consume();
    await regenerate(template);
    await check('the same plan again');
    await patch(template, { title: 'Water the garden', priority: 'low' });
    await world.work();
    await check('another title');
    expect((await taskAt(template, plain.original_start ?? '')).title).toBe('Water the garden');
    await patch(template, { rule: daily({ every: 20, dtstart: dayAt(9, '09:00:00') }) });
    await world.work();
    await check('a rule without them');
    await patch(template, { rule: daily({ every: 1 }), title: begun.title });
    await world.work();
    await check('the rule that has them again');
    await world.api.pauseTemplate({ id: template.id }, world.context);
    await check('a pause');
    await world.api.resumeTemplate({ id: template.id, missed: 'catch_up' }, world.context);
    await world.work();
    await check('the end of the pause');
    await patch(template, { title: plain.title });
    await world.work();
  }
  const starts = await startsOf(template);
  expect(new Set(starts).size).toBe(starts.length);
});

test('an occurrence that is edited and then deleted stays deleted, until that is undone', async () => {
  const template = await world.create(daily(), HORIZON);
  const start = dayAt(3, '09:00:00');
  const task = await taskAt(template, start);
  await change(task, { title: 'Water the cactus' });
  await world.tasks.deleteTask({ id: task.id }, world.context);
  await regenerate(template);
  await world.deliver();
  await regenerate(template);
  await patch(template, { title: 'Water the garden' });
  await world.deliver();
  expect(await startsOf(template)).not.toContain(start);
  expect(await exceptionsOf(template)).toEqual([[start, 'skip']]);
  await world.api.undoException({ id: template.id, original_start: start }, world.context);
  const again = await taskAt(template, start);
  expect(again).toMatchObject({ title: 'Water the garden', version: 1 });
  expect(again.id).not.toBe(task.id);
});

test('an occurrence that is moved and put back is there once, at its own time', async () => {
  const template = await world.create(daily(), HORIZON);
  const start = dayAt(3, '09:00:00');
  const { id } = await taskAt(template, start);
  const count = (await startsOf(template)).length;
  // Onto the very day of another.
  const moved = `${dayAt(4, '09:00:00')}.000Z`;
  await world.api.createException({ id: template.id, original_start: start, kind: 'move', at: moved }, world.context);
  expect(await taskAt(template, start)).toMatchObject({ id, due_at: moved });
  await regenerate(template);
  await world.deliver();
  expect(await taskAt(template, start)).toMatchObject({ id, due_at: moved });
  await world.api.undoException({ id: template.id, original_start: start }, world.context);
  await world.deliver();
  expect(await taskAt(template, start)).toMatchObject({ id, due_at: `${start}.000Z` });
  expect(await startsOf(template)).toHaveLength(count);
  expect(await exceptionsOf(template)).toEqual([]);
});

test('a task that is moved by hand and put back by undo is there once, at its own time', async () => {
  const template = await world.create(daily(), HORIZON);
  const start = dayAt(3, '09:00:00');
  const task = await taskAt(template, start);
  await change(task, { due_at: `${dayAt(8, '20:00:00')}.000Z` });
  await world.deliver();
  expect(await exceptionsOf(template)).toEqual([[start, 'move']]);
  await world.api.undoException({ id: template.id, original_start: start }, world.context);
  await world.deliver();
  expect(await taskAt(template, start)).toMatchObject({ id: task.id, due_at: `${start}.000Z` });
});

test('a paused template has nothing to come, at once and later, but for what somebody has said of it', async () => {
  const template = await world.create(daily(), HORIZON);
  const kept = await taskAt(template, dayAt(5, '09:00:00'));
  await change(kept, { title: 'Water the cactus' });
  await world.deliver();
  await world.api.pauseTemplate({ id: template.id }, world.context);
  expect(await startsOf(template)).toEqual([kept.original_start]);
  await world.deliver();
  await at(realNow() + 20 * DAY_MS, () => generate(template));
  expect(await startsOf(template)).toEqual([kept.original_start]);
});

test('a template that is paused while its job runs has nothing to come', async () => {
  const template = await world.api.createTemplate(
    {
      title: 'Water the plants',
      list_id: world.list,
      rule: daily(),
      sync_horizon_days: 1,
      ...HORIZON,
    },
    world.context,
  );
  world.between.materialise = async () => {
    delete world.between.materialise;
    await world.api.pauseTemplate({ id: template.id }, world.context);
  };
  await world.deliver();
  expect(await startsOf(template)).toEqual([]);
  expect((await world.template(template.id)).status).toBe('paused');
});

test('P1DT2H does not lose its day, as a due offset or as an interval', async () => {
  const start = dayAt(1, '09:00:00');
  const due = await world.create(daily(), { ...HORIZON, due_offset: 'P1DT2H' });
  expect(await taskAt(due, start)).toMatchObject({
    due_at: `${dayAt(2, '11:00:00')}.000Z`,
    starts_on: dayFrom(1),
  });
  const rule: Rule = { dtstart: start, timezone: 'UTC', pattern: 'interval', interval: 'P1DT2H' };
  const [first, second, third] = await world.tasksOf(await world.create(rule, HORIZON));
  const dues = [first, second, third].map((task) => task?.due_at);
  expect(dues).toEqual([`${start}.000Z`, `${dayAt(2, '11:00:00')}.000Z`, `${dayAt(3, '13:00:00')}.000Z`]);
});

test('a due date counts from the start, wherever that is moved: days by the calendar, hours by the clock', async () => {
  const rule: Rule = { dtstart: dayAt(1, '12:00:00'), timezone: NEW_YORK, pattern: 'daily', count: 364 };
  const horizon = { generation_horizon_days: 400 };
  const days = await world.tasksOf(await world.create(rule, { ...horizon, due_offset: 'P1D' }));
  expect(new Set(days.map((task) => localOf(task, NEW_YORK).hour))).toEqual(new Set([12]));
  const template = await world.create(rule, { ...horizon, due_offset: 'PT24H' });
  const hours = await world.tasksOf(template);
  // On the two days on which the clocks change, 24 hours later is another hour.
  expect(hours.map((task) => localOf(task, NEW_YORK).hour).filter((hour) => hour !== 12)).toHaveLength(2);
  const start = dayAt(3, '12:00:00');
  const moved = `${dayAt(3, '23:30:00')}.000Z`;
  await world.api.createException({ id: template.id, original_start: start, kind: 'move', at: moved }, world.context);
  expect(await taskAt(template, start)).toMatchObject({ due_at: `${dayAt(4, '23:30:00')}.000Z` });
});

test('a change of the rule loses no exception: they wait, are named, and hold again when the rule has them', async () => {
  const template = await world.create(daily(), HORIZON);
  const [skipped, moved, edited] = [dayAt(2, '09:00:00'), dayAt(3, '09:00:00'), dayAt(4, '09:00:00')];
  const to = `${dayAt(6, '15:00:00')}.000Z`;
  const { id } = template;
  await world.api.createException({ id, original_start: skipped, kind: 'skip' }, world.context);
  await world.api.createException({ id, original_start: moved, kind: 'move', at: to }, world.context);
  await world.api.createException(
    { id, original_start: edited, kind: 'edit', fields: { title: 'Water the cactus' } },
    world.context,
  );
  // Only every tenth day from the tenth on.
  await patch(template, { rule: daily({ dtstart: dayAt(10, '09:00:00'), every: 10 }) });
  await world.deliver();
  const { items } = await world.api.findExceptions({ id }, world.context);
  expect(items.map(({ original_start: start, fits }) => [start, fits])).toEqual([
    [skipped, false],
    [moved, false],
    [edited, false],
  ]);
  await patch(template, { rule: daily() });
  await world.deliver();
  expect(await exceptionsOf(template)).toEqual([
    [skipped, 'skip'],
    [moved, 'move'],
    [edited, 'edit'],
  ]);
  expect(await startsOf(template)).not.toContain(skipped);
  expect(await taskAt(template, moved)).toMatchObject({ due_at: to });
  expect(await taskAt(template, edited)).toMatchObject({ title: 'Water the cactus' });
  const starts = await startsOf(template);
  expect(new Set(starts).size).toBe(starts.length);
});

test('after a week off, nothing piles up that nobody asked for', async () => {
  const time = '23:59:30';
  const rule = daily({ dtstart: dayAt(-60, time) });
  const today = dayAt(0, time);
  // One that is older than today brings no history.
  const old = await world.create(rule, HORIZON);
  expect((await startsOf(old))[0]).toBe(today);
  const missedBy = async (missed: 'skip' | 'catch_up' | 'latest'): Promise<(string | null)[]> => {
    const template = await world.create(rule, HORIZON);
    await world.api.pauseTemplate({ id: template.id }, world.context);
    // As if it had been a week ago.
    await world.database.query(`UPDATE recurrence.template SET paused_at = now() - interval '7 days' WHERE id = $1`, [
      template.id,
    ]);
    await world.api.resumeTemplate({ id: template.id, missed }, world.context);
    await world.deliver();
    const starts = await startsOf(template);
    expect(starts).toContain(today);
    return starts.filter((start) => (start ?? '') < today);
  };
  expect(await missedBy('skip')).toEqual([]);
  expect(await missedBy('latest')).toEqual([dayAt(-1, time)]);
  expect(await missedBy('catch_up')).toEqual([7, 6, 5, 4, 3, 2, 1].map((days) => dayAt(-days, time)));
  const chain = await world.create(rule, { anchor: 'completion' });
  await at(realNow() + 7 * DAY_MS, () => generate(chain));
  expect(await startsOf(chain)).toEqual([today]);
});

test('after an outage, what was missed comes once, a bounded part per run', async () => {
  const template = await world.create(daily({ dtstart: dayAt(0, '00:00:30') }), HORIZON);
  const before = await startsOf(template);
  await at(realNow() + 200 * DAY_MS, () => generate(template));
  const after = await startsOf(template);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after).toHaveLength(before.length + 200);
  expect(new Set(after).size).toBe(after.length);
});

test('a materialise that is repeated late does not bring back what a user has deleted meanwhile', async () => {
  const template = await world.create(daily(), HORIZON);
  await world.take();
  const start = dayAt(3, '09:00:00');
  const { id } = await taskAt(template, start);
  await world.tasks.deleteTask({ id }, world.context);
  // The process dies before it saves the reply of tasks.
  await world.database.query(
    `UPDATE recurrence.occurrence SET made = false, settled_revision = 0 WHERE template_id = $1`,
    [template.id],
  );
  const count = (await startsOf(template)).length;
  await generate(template);
  expect(await startsOf(template)).toHaveLength(count);
  await world.deliver();
  await regenerate(template);
  expect(await startsOf(template)).not.toContain(start);
  expect(await exceptionsOf(template)).toEqual([[start, 'skip']]);
});

test('to another list, what is to come goes along, and what somebody has moved stays where it is', async () => {
  const template = await world.create(daily(), HORIZON);
  const [first, second] = (await world.tasksOf(template)) as [Task, Task];
  const [own, other] = [await world.newList(), await world.newList()];
  await change(first, { list_id: own });
  await patch(template, { list_id: other });
  await world.deliver();
  expect(await taskAt(template, first.original_start ?? '')).toMatchObject({ list_id: own });
  expect(await taskAt(template, second.original_start ?? '')).toMatchObject({ list_id: other, id: second.id });
  const lists = (await world.tasksOf(template)).map(({ list_id: list }) => list);
  expect(lists.filter((list) => list === other)).toHaveLength(lists.length - 1);
});

test('any number of generators at once make each task once', async () => {
  const template = await world.api.createTemplate(
    {
      title: 'Water the plants',
      list_id: world.list,
      rule: daily({ count: 700 }),
      sync_horizon_days: 1,
      generation_horizon_days: 730,
    },
    world.context,
  );
  await Promise.all([1, 2, 3, 4, 5].map(() => generate(template)));
  await world.work();
  const starts = (await world.rows(template)).map(({ original_start: start }) => start);
  expect(starts).toHaveLength(700);
  const [counted] = await world.database.query<{ tasks: number; starts: number }>(
    `SELECT count(*)::int AS tasks, count(DISTINCT original_start)::int AS starts FROM tasks.task WHERE template_id = $1`,
    [template.id],
  );
  expect(counted).toEqual({ tasks: 700, starts: 700 });
});

test('one that looks less far ahead does not take back how far the tasks reach', async () => {
  const template = await world.create(daily(), { generation_horizon_days: 60, sync_horizon_days: 30 });
  const { generated_through: through } = template;
  await world.generation.generate(template.id, { requestId: 'late', horizon: 'sync' });
  const { generated_through: after } = await world.template(template.id);
  expect(after).toBe(through);
});
