// Exceptions by the API, on a real PostgreSQL and with tasks' own use cases.
import { createRecurrenceWorld, dayAt, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeEach(async () => {
  world = await createRecurrenceWorld();
});
afterEach(() => world?.end());

const HORIZON = { generation_horizon_days: 30 };
const BASE = { dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const };
const THIRD = dayAt(3, '09:00:00');
const MINE = { original_start: THIRD, kind: 'edit' as const, fields: { title: 'Mine' } };

async function startsOf(template: { id: string }): Promise<(string | null)[]> {
  return (await world.tasksOf(template)).map(({ original_start: start }) => start);
}

test('an edit that fits no occurrence of the new rule is undone, and its task goes', async () => {
  const template = await world.create(BASE, HORIZON);
  await world.api.createException({ id: template.id, ...MINE }, world.context);
  await world.api.updateTemplate({ id: template.id, patch: { rule: { ...BASE, every: 4 } } }, world.context);
  expect(await startsOf(template)).toContain(THIRD);
  await world.api.undoException({ id: template.id, original_start: THIRD }, world.context);
  expect(await startsOf(template)).not.toContain(THIRD);
});

test('an edit is undone while the template is paused, and its task goes until it is resumed', async () => {
  const template = await world.create(BASE, HORIZON);
  await world.api.createException({ id: template.id, ...MINE }, world.context);
  await world.api.pauseTemplate({ id: template.id }, world.context);
  expect(await startsOf(template)).toEqual([THIRD]);
  await world.api.undoException({ id: template.id, original_start: THIRD }, world.context);
  expect(await startsOf(template)).toEqual([]);
  await world.api.resumeTemplate({ id: template.id }, world.context);
  expect(await startsOf(template)).toContain(THIRD);
});

test('an occurrence that is edited while its former task cannot be removed has one task in the end', async () => {
  const template = await world.create(BASE, HORIZON);
  world.unavailable.tasks = true;
  await world.api.pauseTemplate({ id: template.id }, world.context);
  await world.api.resumeTemplate({ id: template.id }, world.context);
  const edit = world.api.createException({ id: template.id, ...MINE }, world.context);
  await expect(edit).rejects.toMatchObject({ code: 'unavailable' });
  world.unavailable.tasks = false;
  await world.generation.generate(template.id, { requestId: 'job' });
  await world.api.createException({ id: template.id, ...MINE }, world.context);
  const third = (await world.tasksOf(template)).filter(({ original_start: start }) => start === THIRD);
  expect(third.map(({ title }) => title)).toEqual(['Mine']);
});

test('who reaches the list of a template only hears nothing of an occurrence in another list, and cannot take it back', async () => {
  const template = await world.create(BASE, HORIZON);
  const fields = { list_id: await world.newList(), title: 'Secret' };
  await world.api.createException({ id: template.id, ...MINE, fields }, world.context);
  const limited = { ...world.context, principal: { ...world.context.principal, listIds: [world.list] } };
  const window = { from: `${dayAt(1, '00:00:00')}Z`, to: `${dayAt(5, '00:00:00')}Z` };
  const { items } = await world.api.findOccurrences({ id: template.id, ...window }, limited);
  expect(items.map(({ original_start: start }) => start)).toEqual([1, 2, 4].map((day) => dayAt(day, '09:00:00')));
  expect(await world.api.findExceptions({ id: template.id }, limited)).toMatchObject({ items: [] });
  const absent = { code: 'occurrence_not_found' };
  await expect(world.api.undoException({ id: template.id, original_start: THIRD }, limited)).rejects.toMatchObject(
    absent,
  );
  await expect(
    world.api.removeOccurrence({ id: template.id, original_start: THIRD, scope: 'this' }, limited),
  ).rejects.toMatchObject(absent);
  await expect(world.api.createException({ id: template.id, ...MINE }, limited)).rejects.toMatchObject(absent);
  expect(await world.api.findExceptions({ id: template.id }, world.context)).toMatchObject({ items: [{ fields }] });
});
