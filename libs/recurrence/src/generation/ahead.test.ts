// How far the tasks of a template reach, of which 1,000 at most are ahead. On a real PostgreSQL with the operations of tasks.
import { jest } from '@jest/globals';
import type { Template } from '../../contract/index.js';
import { createRecurrenceWorld, dayAt, passDays, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeAll(async () => {
  world = await createRecurrenceWorld();
});
afterEach(() => {
  jest.useRealTimers();
  delete world.between.materialise;
});
afterAll(() => world?.end());

const HOUR_MS = 60 * 60 * 1_000;
const EVERY_8_HOURS = { dtstart: dayAt(2, '00:00:00'), timezone: 'UTC', rrule: 'FREQ=HOURLY;INTERVAL=8' };
const DAILY = { dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const };

/** As jobs and the reconciler do, until there is nothing to do before some time. @returns when to run again. */
async function generate({ id }: { id: string }): Promise<string | null> {
  for (;;) {
    const next = await world.generation.generate(id, { requestId: 'job' });
    if (next === null || next.getTime() > Date.now()) return next?.toISOString() ?? null;
  }
}

/** When its tasks start: RFC 3339, UTC. */
async function startsOf({ id }: { id: string }): Promise<string[]> {
  const rows = await world.database.query<{ start: string }>(
    'SELECT original_start AS start FROM tasks.task WHERE template_id = $1 ORDER BY original_start',
    [id],
  );
  return rows.map(({ start }) => `${start}.000Z`);
}

async function throughOf({ id }: { id: string }): Promise<string | null> {
  return (await world.api.getTemplate({ id }, world.context)).generated_through;
}

function every8Hours(count: number): string[] {
  const first = Date.parse(`${EVERY_8_HOURS.dtstart}Z`);
  return Array.from({ length: count }, (_, index) => new Date(first + index * 8 * HOUR_MS).toISOString());
}

/** No gap, none twice, 1,000 ahead, and the template says so. */
async function require1000Ahead(template: Template): Promise<void> {
  const starts = await startsOf(template);
  const ahead = starts.filter((start) => Date.parse(start) > Date.now());
  expect(ahead).toHaveLength(1_000);
  expect(starts).toEqual(every8Hours(starts.length));
  expect(await throughOf(template)).toBe(starts.at(-1));
}

test('every 8 hours, the template says how far its 1,000 tasks reach, and the next ones come as time passes', async () => {
  const template = await world.create(EVERY_8_HOURS);
  await require1000Ahead(template);
  const [first] = await startsOf(template);
  // There is room as soon as the first one starts.
  expect((await world.template(template.id)).next_run_at).toBe(first);
  for (const days of [1.4, 0.1, 1 / 3, 30, 400]) {
    passDays(days);
    await generate(template);
    await require1000Ahead(template);
  }
});

test('nodes that generate at once, and one that dies between the plan and the tasks, leave no gap', async () => {
  const template = await world.create(EVERY_8_HOURS);
  for (const days of [2, 9]) {
    passDays(days);
    let dies = true;
    world.between.materialise = () => {
      const dying = dies;
      dies = false;
      return dying ? Promise.reject(new Error('killed')) : Promise.resolve();
    };
    const before = await throughOf(template);
    await expect(generate(template)).rejects.toThrow('killed');
    // Tasks are missing that are planned.
    expect(await throughOf(template)).toBe(before);
    await Promise.all([generate(template), generate(template)]);
    await require1000Ahead(template);
  }
});

test('a rule that changes and keeps its dates reaches as far as before, though 1,000 are ahead', async () => {
  const template = await world.create(EVERY_8_HOURS);
  const starts = await startsOf(template);
  const rule = { ...EVERY_8_HOURS, rrule: `${EVERY_8_HOURS.rrule};COUNT=5000` };
  await world.api.updateTemplate({ id: template.id, patch: { rule } }, world.context);
  await generate(template);
  expect(await startsOf(template)).toEqual(starts);
  expect(await throughOf(template)).toBe(starts.at(-1));
});

test('a denser rule has its tasks without a gap as far as it says, though tasks of the former one are farther', async () => {
  const template = await world.create(EVERY_8_HOURS);
  const rule = { ...EVERY_8_HOURS, rrule: 'FREQ=HOURLY;INTERVAL=4' };
  await world.api.updateTemplate({ id: template.id, patch: { rule } }, world.context);
  for (const days of [0, 5, 100]) {
    passDays(days);
    await generate(template);
    const through = (await throughOf(template)) ?? '';
    const starts = (await startsOf(template)).filter((start) => start <= through && Date.parse(start) > Date.now());
    const last = Date.parse(starts.at(-1) ?? '');
    const first = Date.parse(starts[0] ?? '');
    const dtstart = Date.parse(`${rule.dtstart}Z`);
    expect(first - Math.max(dtstart, Date.now())).toBeLessThanOrEqual(4 * HOUR_MS);
    expect(starts).toHaveLength((last - first) / (4 * HOUR_MS) + 1);
    expect(last).toBe(Date.parse(through));
  }
});

test('a template that is paused or ended says that its tasks do not reach beyond that', async () => {
  const template = await world.create(DAILY, { generation_horizon_days: 30 });
  const through = (await throughOf(template)) ?? '';
  expect(Date.parse(through)).toBeGreaterThan(Date.parse(dayAt(29, '00:00:00Z')));
  const paused = await world.api.pauseTemplate({ id: template.id }, world.context);
  expect(paused.generated_through).toBe(paused.paused_at);
  await world.api.updateTemplate({ id: template.id, patch: { title: 'Other' } }, world.context);
  await generate(template);
  expect(await throughOf(template)).toBe(paused.paused_at);
  await world.api.resumeTemplate({ id: template.id }, world.context);
  await generate(template);
  expect(Date.parse((await throughOf(template)) ?? '')).toBeGreaterThanOrEqual(Date.parse(through));
  const ended = await world.api.endTemplate({ id: template.id }, world.context);
  expect(ended.generated_through).toBe(ended.ended_at);
});

test('a template that is resumed for what it has missed reaches no farther than its tasks', async () => {
  const template = await world.create(DAILY, { generation_horizon_days: 30 });
  const paused = await world.api.pauseTemplate({ id: template.id }, world.context);
  passDays(20);
  world.unavailable.tasks = true;
  const resumed = await world.api.resumeTemplate({ id: template.id, missed: 'catch_up' }, world.context);
  world.unavailable.tasks = false;
  // The tasks that it has missed do not exist yet.
  expect(resumed.generated_through).toBe(paused.paused_at);
  await generate(template);
  expect((await startsOf(template)).length).toBeGreaterThanOrEqual(49);
  expect(await throughOf(template)).toBe(new Date(Date.now() + 30 * 24 * HOUR_MS).toISOString());
});
