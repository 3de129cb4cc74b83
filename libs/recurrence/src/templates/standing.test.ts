// Templates that resume and end by themselves, and rules that merge, on a real PostgreSQL and with tasks' own use cases.
import type { Template } from '../../contract/index.js';
import { createRecurrenceWorld, dayAt, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeEach(async () => {
  world = await createRecurrenceWorld();
});
afterEach(() => world?.end());

const HORIZON = { generation_horizon_days: 30 };
const DAILY = { dtstart: dayAt(-3, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const };

function later(hours: number): string {
  return new Date(Date.now() + hours * 60 * 60_000).toISOString();
}

/** The time that was set has passed, as if no node had run since then. */
async function pass(template: Template, column: 'resumes_at' | 'ends_at', at: string): Promise<void> {
  await world.database.query(
    `UPDATE recurrence.template SET ${column} = $2, paused_at = paused_at - interval '5 days' WHERE id = $1`,
    [template.id, at],
  );
}

async function events(): Promise<(string | undefined)[][]> {
  return (await world.take())
    .filter(({ event }) => event.startsWith('template_'))
    .map(({ event, origin }) => [event, origin]);
}

const titled = (template: Template) => ({ id: template.id });

test('a pause ends by itself, once, with the occurrences since then', async () => {
  const template = await world.create(DAILY, HORIZON);
  const until = later(48);
  const paused = await world.api.pauseTemplate({ ...titled(template), until }, world.context);
  expect(paused).toMatchObject({ status: 'paused', resumes_at: until, version: 2 });
  expect(await world.standing.applyDue()).toBe(0);
  await world.take();
  const passed = dayAt(-2, '00:00:00');
  await pass(template, 'resumes_at', `${passed}Z`);
  const rounds = await Promise.all([world.standing.applyDue(), world.standing.applyDue(), world.standing.applyDue()]);
  expect(rounds.reduce((sum, one) => sum + one, 0)).toBe(1);
  expect(await events()).toEqual([['template_resumed', 'system']]);
  await world.work();
  const resumed = await world.api.getTemplate(titled(template), world.context);
  expect(resumed).toMatchObject({ status: 'active', resumes_at: null, paused_at: null, version: 3 });
  const starts = (await world.tasksOf(template)).map(({ original_start: start }) => start);
  expect(starts).toEqual(expect.arrayContaining([dayAt(-2, '09:00:00'), dayAt(-1, '09:00:00'), dayAt(2, '09:00:00')]));
});

test('a repeated pause changes its end, and a resumed template has none', async () => {
  const template = await world.create(DAILY, HORIZON);
  await world.api.pauseTemplate({ ...titled(template), until: later(48) }, world.context);
  const day = dayAt(9, '00:00:00').slice(0, 10);
  const moved = await world.api.pauseTemplate({ ...titled(template), until: day }, world.context);
  expect(moved).toMatchObject({ version: 3, resumes_at: `${day}T00:00:00.000Z` });
  expect(await world.api.pauseTemplate({ ...titled(template), until: day }, world.context)).toEqual(moved);
  const resumed = await world.api.resumeTemplate(titled(template), world.context);
  expect(resumed).toMatchObject({ status: 'active', resumes_at: null });
});

test('a pause must end in the future', async () => {
  const template = await world.create(DAILY, HORIZON);
  await expect(world.api.pauseTemplate({ ...titled(template), until: later(-1) }, world.context)).rejects.toMatchObject(
    { details: [{ field: 'until', issue: 'must be in the future' }] },
  );
  expect(await world.api.getTemplate(titled(template), world.context)).toMatchObject({ status: 'active', version: 1 });
});

test('an end in the future comes by itself, and can be moved and taken back until then', async () => {
  const template = await world.create(DAILY, HORIZON);
  const at = later(48);
  const set = await world.api.endTemplate({ ...titled(template), at }, world.context);
  expect(set).toMatchObject({ status: 'active', ends_at: at, version: 2 });
  const back = await world.api.endTemplate({ ...titled(template), at: null }, world.context);
  expect(back).toMatchObject({ status: 'active', ends_at: null, version: 3 });
  expect(await world.api.endTemplate({ ...titled(template), at: null }, world.context)).toMatchObject({ version: 3 });
  await world.api.endTemplate({ ...titled(template), at }, world.context);
  expect(await world.standing.applyDue()).toBe(0);
  await world.take();
  await pass(template, 'ends_at', later(-1));
  const rounds = await Promise.all([world.standing.applyDue(), world.standing.applyDue()]);
  expect(rounds.reduce((sum, one) => sum + one, 0)).toBe(1);
  expect(await events()).toEqual([['template_ended', 'system']]);
  const ended = await world.api.getTemplate(titled(template), world.context);
  expect(ended).toMatchObject({ status: 'ended', ends_at: null, version: 5 });
  await expect(world.api.endTemplate({ ...titled(template), at: null }, world.context)).rejects.toMatchObject({
    code: 'template_ended',
  });
});

test('an end without a time, or with one that has passed, is now', async () => {
  for (const input of [{}, { at: later(-1) }]) {
    const template = await world.create(DAILY, HORIZON);
    await world.api.pauseTemplate({ ...titled(template), until: later(48) }, world.context);
    const ended = await world.api.endTemplate({ ...titled(template), ...input }, world.context);
    expect(ended).toMatchObject({ status: 'ended', resumes_at: null, ends_at: null });
  }
});

test.each(['pauseTemplate', 'endTemplate'] as const)('%s refuses a field that it does not know', async (operation) => {
  const template = await world.create(DAILY, HORIZON);
  await expect(
    world.api[operation]({ ...titled(template), when: later(48) } as never, world.context),
  ).rejects.toMatchObject({ code: 'unknown_field' });
  expect(await world.api.getTemplate(titled(template), world.context)).toMatchObject({ status: 'active', version: 1 });
});

test('a patch of the rule merges', async () => {
  const rule = { ...DAILY, pattern: 'weekly' as const, days_of_week: ['MO' as const], every: 2 };
  const template = await world.create(rule, HORIZON);
  const patch = async (changes: object) =>
    (await world.api.updateTemplate({ id: template.id, patch: { rule: changes } }, world.context)).rule;
  expect(await patch({ time: '06:45' })).toEqual({ ...rule, time: '06:45' });
  expect(await patch({ every: null })).toEqual({
    ...DAILY,
    pattern: 'weekly',
    days_of_week: ['MO'],
    time: '06:45',
  });
  expect(await patch({ pattern: 'monthly', day_of_month: 1 })).toEqual({
    ...DAILY,
    pattern: 'monthly',
    day_of_month: 1,
  });
  await expect(patch({ days_of_week: ['MO'] })).rejects.toMatchObject({ details: [{ field: 'rule.days_of_week' }] });
});

test('a pause and an end that were set are still set when the list has come back', async () => {
  const resting = await world.create(DAILY, HORIZON);
  const ending = await world.create(DAILY, HORIZON);
  const [until, at] = [later(48), later(72)];
  await world.api.pauseTemplate({ ...titled(resting), until }, world.context);
  await world.api.endTemplate({ ...titled(ending), at }, world.context);
  await world.tasks.deleteList({ id: world.list, tasks: 'delete' }, world.context);
  await world.deliver();
  expect(await world.api.getTemplate(titled(resting), world.context)).toMatchObject({ status: 'ended' });
  await world.tasksTrash.restoreFromTrash({ id: world.list }, world.context);
  await world.deliver();
  const [paused, active] = await Promise.all(
    [resting, ending].map((template) => world.api.getTemplate(titled(template), world.context)),
  );
  expect(paused).toMatchObject({ status: 'paused', resumes_at: until, ends_at: null });
  expect(active).toMatchObject({ status: 'active', resumes_at: null, ends_at: at });
});

test('a template that fails does not hold up the others', async () => {
  const [broken, other] = [await world.create(DAILY, HORIZON), await world.create(DAILY, HORIZON)];
  for (const template of [broken, other]) {
    await world.api.endTemplate({ ...titled(template), at: later(48) }, world.context);
    await pass(template, 'ends_at', later(-1));
  }
  await world.database.query(
    `CREATE FUNCTION recurrence.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'refused'; END $$`,
  );
  await world.database.query(
    `CREATE TRIGGER refuse BEFORE UPDATE ON recurrence.template FOR EACH ROW WHEN (OLD.id = '${broken.id}')
     EXECUTE FUNCTION recurrence.refuse()`,
  );
  await expect(world.standing.applyDue()).rejects.toThrow('refused');
  expect((await world.api.getTemplate(titled(other), world.context)).status).toBe('ended');
  expect((await world.api.getTemplate(titled(broken), world.context)).status).toBe('active');
});
