// Changing and removing this, the following or all occurrences, on a real PostgreSQL and with tasks' own use cases.
import { jest } from '@jest/globals';
import { createRecurrenceWorld, dayAt, passDays, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeEach(async () => {
  world = await createRecurrenceWorld();
});
afterEach(async () => {
  jest.useRealTimers();
  await world?.end();
});

const HORIZON = { generation_horizon_days: 30 };
const DAILY = { dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const };
const FIFTH = dayAt(5, '09:00:00');

async function startsOf(template: { id: string }): Promise<(string | null)[]> {
  return (await world.tasksOf(template)).map(({ original_start: start }) => start);
}

async function edited(): Promise<{ id: string }> {
  const template = await world.create(DAILY, HORIZON);
  for (const start of [FIFTH, dayAt(6, '09:00:00')]) {
    const edit = { original_start: start, kind: 'edit' as const, fields: { title: 'Mine' } };
    await world.api.createException({ id: template.id, ...edit }, world.context);
  }
  return template;
}

test('who names what is no occurrence deletes no template', async () => {
  const template = await world.create(DAILY, HORIZON);
  const removal = world.api.removeOccurrence(
    { id: template.id, original_start: dayAt(5, '07:00:00'), scope: 'all' },
    world.context,
  );
  await expect(removal).rejects.toMatchObject({ code: 'occurrence_not_found' });
  expect(await world.api.getTemplate({ id: template.id }, world.context)).toMatchObject({ status: 'active' });
});

test('an edited occurrence that is removed with those that follow goes; other edited ones stay', async () => {
  const template = await edited();
  await world.api.removeOccurrence({ id: template.id, original_start: FIFTH, scope: 'following' }, world.context);
  expect(await startsOf(template)).toEqual([1, 2, 3, 4, 6].map((day) => dayAt(day, '09:00:00')));
});

test('an edited occurrence that is removed with all goes; other edited ones stay', async () => {
  const template = await edited();
  await world.api.removeOccurrence({ id: template.id, original_start: FIFTH, scope: 'all' }, world.context);
  expect(await startsOf(template)).toEqual([dayAt(6, '09:00:00')]);
});

test('a series is not split in the past, though the occurrence was moved ahead', async () => {
  const template = await world.create(DAILY, HORIZON);
  const move = { original_start: FIFTH, kind: 'move' as const, at: `${dayAt(20, '12:00:00')}Z` };
  await world.api.createException({ id: template.id, ...move }, world.context);
  passDays(7);
  const change = world.api.changeOccurrence(
    { id: template.id, original_start: FIFTH, scope: 'following', patch: { title: 'Other' } },
    world.context,
  );
  await expect(change).rejects.toMatchObject({ code: 'occurrence_past' });
});

test('an interval that is split in a zone far from UTC has nothing new before the split', async () => {
  const zone = 'Pacific/Auckland';
  const rule = { dtstart: dayAt(1, '00:00:00'), timezone: zone, pattern: 'interval' as const, interval: 'PT6H' };
  const template = await world.create(rule, HORIZON);
  const split = (await startsOf(template)).find((start) => start && start > FIFTH && start.slice(11) > '16') ?? '';
  const changed = { rule: { ...rule, interval: 'PT5H' } };
  const next = await world.api.changeOccurrence(
    { id: template.id, original_start: split, scope: 'following', patch: changed },
    world.context,
  );
  await world.work();
  const [first] = await startsOf(next.template);
  expect(String(first) >= split).toBe(true);
});

test('an interval that goes on as a daily rule, far from UTC, keeps its occurrences when it changes again', async () => {
  const zone = 'America/Los_Angeles';
  const base = { dtstart: dayAt(1, '00:00:00'), timezone: zone };
  const template = await world.create({ ...base, pattern: 'interval', interval: 'PT6H' }, HORIZON);
  const split = (await startsOf(template)).find((start) => start && start > FIFTH && start.slice(11) < '04') ?? '';
  const changed = { rule: { ...base, pattern: 'daily' as const, time: '23:00' } };
  const next = await world.api.changeOccurrence(
    { id: template.id, original_start: split, scope: 'following', patch: changed },
    world.context,
  );
  await world.work();
  const before = await startsOf(next.template);
  await world.api.updateTemplate({ id: next.template.id, patch: { title: 'Other' } }, world.context);
  await world.work();
  expect(await startsOf(next.template)).toEqual(before);
  expect(before[0]).toBe(dayAt(5, '23:00:00'));
});

test.each(['this', 'following', 'all'] as const)(
  'who knows a former version of the template changes nothing of %s',
  async (scope) => {
    const template = await world.create(DAILY, HORIZON);
    await world.api.updateTemplate({ id: template.id, patch: { title: 'Other' } }, world.context);
    const late = { ...world.context, expectedVersion: 1 };
    const conflict = { code: 'version_conflict' };
    const change = world.api.changeOccurrence(
      { id: template.id, original_start: FIFTH, scope, patch: { title: 'Mine' } },
      late,
    );
    await expect(change).rejects.toMatchObject(conflict);
    await expect(
      world.api.removeOccurrence({ id: template.id, original_start: FIFTH, scope }, late),
    ).rejects.toMatchObject(conflict);
    const now = { ...world.context, expectedVersion: 2 };
    await world.api.removeOccurrence({ id: template.id, original_start: FIFTH, scope }, now);
    expect(await startsOf(template)).not.toContain(FIFTH);
  },
);
