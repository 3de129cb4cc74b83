// When templates say that their next occurrence starts, on a real PostgreSQL and with tasks' own use cases.
import { jest } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import type { CreateTemplate, Template } from '../../contract/index.js';
import {
  createRecurrenceWorld,
  dayAt,
  dayFrom,
  passDays,
  type RecurrenceWorld,
} from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeAll(async () => {
  world = await createRecurrenceWorld();
});
afterEach(() => {
  jest.useRealTimers();
  world.unavailable.tasks = false;
});
afterAll(() => world?.end());

type Rule = CreateTemplate['rule'];

const HORIZON = { generation_horizon_days: 30 };
const NO_LEAD = { lead_days: 0 };
const DAY_MS = 24 * 60 * 60 * 1_000;
const daily = (more: Partial<Rule> = {}): Rule => ({
  dtstart: dayAt(1, '09:00:00'),
  timezone: 'UTC',
  pattern: 'daily',
  ...more,
});
const nine = (days: number): string => dayAt(days, '09:00:00.000Z');

/** As the answer says, after a look at the list of templates and at the occurrences, which have to agree. */
async function nextOf({ id, series_id }: Template): Promise<string | null> {
  const template = await world.api.getTemplate({ id }, world.context);
  const { items } = await world.api.findTemplates({ series_id, limit: 200 }, world.context);
  expect(items.find((one) => one.id === id)).toEqual(template);
  expect(template.next_at).toBe(await firstOccurrenceOf(template));
  expect(template.next_on === null).toBe(template.next_at === null);
  return template.next_at;
}

/** As the list of its occurrences says, which does not know the dates of chains. */
async function firstOccurrenceOf({ id, status, anchor, ends_at, next_at }: Template): Promise<string | null> {
  if (anchor === 'completion') return next_at;
  const { items } = await world.api.findOccurrences({ id, limit: 200 }, world.context);
  const starts = items
    .filter(({ state }) => status === 'active' && (state === 'scheduled' || state === 'materialised'))
    .map(({ at }) => at)
    .filter((at) => ends_at === null || at < ends_at);
  return starts.toSorted()[0] ?? null;
}

function except({ id }: Template, original_start: string, more: { at: string } | undefined): Promise<unknown> {
  const change = more ? { kind: 'move' as const, ...more } : { kind: 'skip' as const };
  return world.api.createException({ id, original_start, ...change }, world.context);
}

const undo = ({ id }: Template, original_start: string): Promise<unknown> =>
  world.api.undoException({ id, original_start }, world.context);

async function taskAt(template: Template, start: string): Promise<string> {
  const task = (await world.tasksOf(template)).find(({ original_start: key }) => key === start);
  if (!task) throw new Error(`There is no task of ${start}.`);
  return task.id;
}

describe.each([
  ['whose tasks are made ahead', HORIZON],
  ['whose tasks are made on their day', NO_LEAD],
])('a template %s', (_how, more) => {
  test('has the first occurrence that is to come, without those that are skipped or moved away', async () => {
    const template = await world.create(daily(), more);
    expect(template).toMatchObject({ next_at: nine(1), next_on: dayFrom(1) });
    await except(template, dayAt(1, '09:00:00'), undefined);
    await except(template, dayAt(2, '09:00:00'), { at: nine(20) });
    expect(await nextOf(template)).toBe(nine(3));
    await except(template, dayAt(5, '09:00:00'), { at: dayAt(1, '13:00:00.000Z') });
    expect(await nextOf(template)).toBe(dayAt(1, '13:00:00.000Z'));
    await undo(template, dayAt(5, '09:00:00'));
    await undo(template, dayAt(1, '09:00:00'));
    expect(await nextOf(template)).toBe(nine(1));
  });

  test('has none while it is paused and after its end', async () => {
    const template = await world.create(daily(), more);
    const { id } = template;
    expect(await world.api.pauseTemplate({ id }, world.context)).toMatchObject({ next_at: null, next_on: null });
    expect(await nextOf(template)).toBeNull();
    expect(await world.api.resumeTemplate({ id }, world.context)).toMatchObject({ next_at: nine(1) });
    await world.api.endTemplate({ id, at: dayAt(1, '08:00:00Z') }, world.context);
    expect(await nextOf(template)).toBeNull();
    await world.api.endTemplate({ id, at: dayAt(1, '10:00:00Z') }, world.context);
    expect(await nextOf(template)).toBe(nine(1));
    expect(await world.api.endTemplate({ id }, world.context)).toMatchObject({ next_at: null });
    expect(await nextOf(template)).toBeNull();
  });

  test('has none after the last date of its rule', async () => {
    const until = await world.create(daily({ until: dayFrom(2) }), more);
    const count = await world.create(daily({ count: 3 }), more);
    await except(until, dayAt(1, '09:00:00'), undefined);
    expect(await nextOf(until)).toBe(nine(2));
    await except(until, dayAt(2, '09:00:00'), undefined);
    expect(await nextOf(until)).toBeNull();
    passDays(2);
    for (const { id } of [until, count]) await world.generation.generate(id, { requestId: 'job' });
    expect([await nextOf(until), await nextOf(count)]).toEqual([null, expect.any(String)]);
    passDays(2);
    expect(await nextOf(count)).toBeNull();
  });

  test('has the date of its changed rule, and each part of a split series has its own', async () => {
    const template = await world.create(daily(), more);
    const { id } = template;
    expect(await world.api.updateTemplate({ id, patch: { rule: { time: '11:30' } } }, world.context)).toMatchObject({
      next_at: dayAt(1, '11:30:00.000Z'),
    });
    const change = { original_start: dayAt(4, '11:30:00'), scope: 'following' as const, patch: { title: 'Other' } };
    const { template: next } = await world.api.changeOccurrence({ id, ...change }, world.context);
    expect(next.next_at).toBe(dayAt(4, '11:30:00.000Z'));
    for (const start of [1, 2, 3]) await except(template, dayAt(start, '11:30:00'), undefined);
    expect([await nextOf(template), await nextOf(next)]).toEqual([null, dayAt(4, '11:30:00.000Z')]);
  });

  test.each([
    ['2027-03-27T12:00:00Z', '2027-03-28T01:30:00.000Z', '2027-03-27T23:00:00.000Z', '2027-03-28'],
    ['2027-03-28T12:00:00Z', '2027-03-29T00:30:00.000Z', '2027-03-28T22:00:00.000Z', '2027-03-29'],
    ['2027-10-30T12:00:00Z', '2027-10-31T00:30:00.000Z', '2027-10-30T22:00:00.000Z', '2027-10-31'],
    ['2027-10-31T12:00:00Z', '2027-11-01T01:30:00.000Z', '2027-10-31T23:00:00.000Z', '2027-11-01'],
  ])('follows the clocks of its zone, at %s', async (now, at, midnight, on) => {
    passDays((Date.parse(now) - Date.now()) / DAY_MS);
    const rule = { timezone: 'Europe/Berlin', pattern: 'daily' as const };
    const night = await world.create({ ...rule, dtstart: '2027-03-01T02:30:00' }, more);
    const day = await world.create({ ...rule, dtstart: '2027-03-01' }, more);
    expect([night, day]).toMatchObject([
      { next_at: at, next_on: on },
      { next_at: midnight, next_on: on },
    ]);
    expect([await nextOf(night), await nextOf(day)]).toEqual([at, midnight]);
  });
});

test('an occurrence that is closed or deleted ahead of its time is not the next one', async () => {
  const template = await world.create(daily(), HORIZON);
  const done = { id: await taskAt(template, dayAt(1, '09:00:00')), patch: { status: 'done' as const } };
  await world.tasks.updateTask(done, world.context);
  await world.tasks.deleteTask({ id: await taskAt(template, dayAt(2, '09:00:00')) }, world.context);
  await world.deliver();
  expect(await nextOf(template)).toBe(nine(3));
  await world.tasks.updateTask({ ...done, patch: { status: 'todo' } }, world.context);
  await world.deliver();
  expect(await nextOf(template)).toBe(nine(1));
});

test('a chain by completion has its open occurrence until that starts, and then the one after its completion', async () => {
  const rule = daily({ dtstart: dayAt(1, '09:00:00'), every: 3 });
  const template = await world.create(rule, { anchor: 'completion' });
  expect(await nextOf(template)).toBe(nine(1));
  passDays(2);
  expect(await nextOf(template)).toBeNull();
  const [open] = await world.tasksOf(template);
  await world.tasks.updateTask({ id: open?.id ?? '', patch: { status: 'done' } }, world.context);
  jest.useRealTimers();
  await world.deliver();
  const next = (await world.rows(template)).find(({ wanted, task_status: status }) => wanted && status !== 'done');
  expect(next?.at).toBeDefined();
  expect(await nextOf(template)).toBe(next?.at);
});

test.each(['schedule', 'completion'] as const)(
  'a repeated request has it too, though nothing was planned when its answer was kept: %s',
  async (anchor) => {
    const input = { title: 'Water', list_id: world.list, rule: daily(), anchor };
    const context = { ...world.context, idempotencyKey: uuidv7() };
    const made = await world.api.createTemplate(input, context);
    expect(made.next_at).toBe(nine(1));
    expect(await world.api.createTemplate(input, context)).toMatchObject({ id: made.id, next_at: nine(1) });
  },
);

test('a change that is not planned yet counts, and an occurrence in a list out of reach does not', async () => {
  const template = await world.create(daily(), HORIZON);
  await world.database.query(
    `UPDATE recurrence.template SET revision = revision + 1, planned_before = NULL, rule = $2 WHERE id = $1`,
    [template.id, JSON.stringify(daily({ dtstart: dayAt(2, '10:00:00') }))],
  );
  expect((await world.api.getTemplate({ id: template.id }, world.context)).next_at).toBe(dayAt(2, '10:00:00.000Z'));
  const other = await world.create(daily(), HORIZON);
  const fields = { list_id: await world.newList() };
  const edit = { original_start: dayAt(1, '09:00:00'), kind: 'edit' as const, fields };
  await world.api.createException({ id: other.id, ...edit }, world.context);
  const limited = { ...world.context, principal: { ...world.context.principal, listIds: [world.list] } };
  expect((await world.api.getTemplate({ id: other.id }, limited)).next_at).toBe(nine(2));
  expect(await nextOf(other)).toBe(nine(1));
});

test('a page of templates costs as many statements as a page of one', async () => {
  const query = jest.spyOn(world.database, 'query');
  const series = await world.create(daily(), NO_LEAD);
  for (let index = 0; index < 5; index += 1) await world.create(daily(), index % 2 === 0 ? NO_LEAD : HORIZON);
  const costOf = async (more: object): Promise<number> => {
    const before = query.mock.calls.length;
    await world.api.findTemplates({ limit: 200, ...more }, world.context);
    return query.mock.calls.length - before;
  };
  expect(await costOf({})).toBe(await costOf({ series_id: series.series_id }));
  query.mockRestore();
});
