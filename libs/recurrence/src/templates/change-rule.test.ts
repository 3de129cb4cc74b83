// Occurrences after a change of the rule, on a real PostgreSQL with the operations of tasks.
import type { Rule } from '../../contract/rule.js';
import { createRecurrenceWorld, dayAt, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeEach(async () => {
  world = await createRecurrenceWorld();
});
afterEach(() => world?.end());

const HORIZON = { generation_horizon_days: 30 };
const BASE = { dtstart: dayAt(1, '08:00:00'), timezone: 'UTC' };

async function change({ id }: { id: string }, rule: Rule): Promise<void> {
  await world.api.updateTemplate({ id, patch: { rule } }, world.context);
  await world.work();
}

async function startsOf(template: { id: string }): Promise<(string | null)[]> {
  return (await world.tasksOf(template)).map(({ original_start: start }) => start);
}

async function hoursOf(template: { id: string }): Promise<Set<string | undefined>> {
  return new Set((await startsOf(template)).map((start) => start?.slice(11)));
}

const dailyAt = (time: string): Rule => ({ ...BASE, pattern: 'daily', time });

test('an hour changes after a rule with several a day has left its occurrences behind', async () => {
  const template = await world.create({ ...BASE, rrule: 'FREQ=DAILY;BYHOUR=8,9,10' }, HORIZON);
  for (const time of ['09:00', '11:00', '09:00']) {
    await change(template, dailyAt(time));
    expect(await hoursOf(template)).toEqual(new Set([`${time}:00`]));
  }
});

test('the hour of an RRULE changes, and what was skipped stays skipped', async () => {
  const template = await world.create({ ...BASE, rrule: 'FREQ=DAILY;BYHOUR=9' }, HORIZON);
  const [kept] = await startsOf(template);
  const skip = { original_start: dayAt(3, '09:00:00'), kind: 'skip' as const };
  await world.api.createException({ id: template.id, ...skip }, world.context);
  const before = await world.tasksOf(template);
  await change(template, { ...BASE, rrule: 'BYHOUR=10;FREQ=DAILY' });
  const after = await world.tasksOf(template);
  expect(kept).toBe(dayAt(1, '09:00:00'));
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(await hoursOf(template)).toEqual(new Set(['10:00:00']));
});

test('the old hour comes again beside the new one, after a pause: both have their tasks', async () => {
  const template = await world.create(dailyAt('09:00'), HORIZON);
  await world.api.pauseTemplate({ id: template.id }, world.context);
  await world.api.resumeTemplate({ id: template.id }, world.context);
  await world.work();
  await change(template, dailyAt('10:00'));
  await change(template, { ...BASE, rrule: 'FREQ=DAILY;BYHOUR=9,10' });
  const starts = await startsOf(template);
  expect(starts).toContain(dayAt(3, '09:00:00'));
  expect(starts).toContain(dayAt(3, '10:00:00'));
  expect((await world.rows(template)).filter(({ skipped }) => skipped)).toEqual([]);
});
