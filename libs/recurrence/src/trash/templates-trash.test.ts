// Templates that are deleted, restored and purged, on a real PostgreSQL with the operations of tasks.
import { uuidv7 } from 'uuidv7';
import type { CallContext } from '@mono/contract';
import type { Template } from '../../contract/index.js';
import { createRecurrenceWorld, dayAt, type RecurrenceWorld } from '../../testing/recurrence-world.js';

let world: RecurrenceWorld;

beforeAll(async () => {
  world = await createRecurrenceWorld();
});
afterAll(() => world?.end());
beforeEach(async () => {
  world.list = await world.newList();
  world.unavailable.tasks = false;
});

const HORIZON = { generation_horizon_days: 30 };
const daily = () => ({ dtstart: dayAt(1, '09:00:00'), timezone: 'UTC', pattern: 'daily' as const });
const SECOND = dayAt(2, '09:00:00');
const THIRD = dayAt(3, '09:00:00');
const FOURTH = dayAt(4, '09:00:00');

const remove = ({ id }: { id: string }, permanent = false) =>
  world.api.deleteTemplate({ id, ...(permanent && { permanent: 'true' as const }) }, world.context);
const restore = ({ id }: { id: string }, more: object = {}, context = world.context) =>
  world.trash.restoreFromTrash({ id, ...more }, context);
const get = ({ id }: { id: string }) => world.api.getTemplate({ id }, world.context);
const trashed = async (more: object = {}, context = world.context) =>
  (await world.trash.findTrash({ limit: 50, list_id: world.list, ...more }, context)).items;

async function ids(more: object, context?: CallContext): Promise<string[]> {
  return (await trashed(more, context)).map(({ id }) => id);
}

async function startsOf(template: { id: string }): Promise<(string | null)[]> {
  return (await world.tasksOf(template)).map(({ original_start: start }) => start);
}

async function exceptionsOf({ id }: { id: string }): Promise<unknown[]> {
  const { items } = await world.api.findExceptions({ id }, world.context);
  return items.map(({ original_start: start, kind, fields }) => [start, kind, fields]);
}

async function eventsOf({ id }: { id: string }): Promise<{ event: string; version: number }[]> {
  const events = await world.take();
  return events.filter(({ aggregate_id: about }) => about === id);
}

/** With exceptions of all kinds. */
async function excepted(): Promise<Template> {
  const template = await world.create(daily(), HORIZON);
  const named = { id: template.id };
  await world.api.createException({ ...named, original_start: SECOND, kind: 'skip' }, world.context);
  const at = `${dayAt(3, '15:00:00')}.000Z`;
  await world.api.createException({ ...named, original_start: THIRD, kind: 'move', at }, world.context);
  await world.api.createException(
    { ...named, original_start: FOURTH, kind: 'edit', fields: { title: 'Edited' } },
    world.context,
  );
  await world.deliver();
  return template;
}

function limitedTo(...listIds: string[]): CallContext {
  return { ...world.context, principal: { ...world.context.principal, listIds } };
}

test('a deleted template is in the trash, and returns with its exceptions and one task per occurrence', async () => {
  const template = await excepted();
  const [tasks, exceptions] = [await startsOf(template), await exceptionsOf(template)];
  await remove(template);
  await world.deliver();
  await expect(get(template)).rejects.toMatchObject({ code: 'template_not_found' });
  expect(await startsOf(template)).toEqual([THIRD, FOURTH]);
  const { title, list_id } = template;
  const [item] = await trashed();
  expect(item).toMatchObject({ id: template.id, type: 'template', title, list_id, holds: { exception: 3 } });
  expect(item?.deleted_by).toEqual({ kind: 'api_key', id: 'key' });
  expect(Date.parse(item?.expires_at ?? '') - Date.parse(item?.deleted_at ?? '')).toBe(30 * 24 * 60 * 60 * 1_000);
  const { version } = await world.template(template.id);

  await world.take();
  const { restored } = await restore(template);
  expect(restored).toEqual({ id: template.id, type: 'template', title, list_id, version: version + 1, holds: {} });
  expect(await eventsOf(template)).toMatchObject([{ event: 'template_restored', version: version + 1 }]);
  await world.work();
  await world.deliver();
  expect(await get(template)).toMatchObject({ status: 'active', ended_at: null, series_id: template.series_id });
  expect(await startsOf(template)).toEqual(tasks);
  expect(await exceptionsOf(template)).toEqual(exceptions);
  expect(await trashed()).toEqual([]);
  await expect(restore(template)).rejects.toMatchObject({ code: 'not_in_trash' });
});

test.each(['pause', 'end'] as const)('a template returns as it was (%s)', async (what) => {
  const template = await world.create(daily(), HORIZON);
  const call = what === 'pause' ? world.api.pauseTemplate : world.api.endTemplate;
  const before = await call({ id: template.id }, world.context);
  await remove(template);
  await world.deliver();
  await restore(template);
  await world.deliver();
  const { status, paused_at, ended_at } = before;
  expect(await get(template)).toMatchObject({ status, paused_at, ended_at });
  expect(await startsOf(template)).toEqual([]);
});

test('occurrences that passed in the trash get no tasks', async () => {
  const rule = { ...daily(), dtstart: dayAt(-20, '09:00:00') };
  const template = await world.create(rule, HORIZON);
  const past = await startsOf(template);
  await remove(template);
  await world.database.query(`UPDATE recurrence.template SET plan_from = now() - interval '10 days' WHERE id = $1`, [
    template.id,
  ]);
  await world.deliver();
  await restore(template);
  await world.work();
  expect(await startsOf(template)).toEqual(past);
});

test('the trash shows a caller its own workspace and lists, and filters', async () => {
  const template = await world.create(daily(), { ...HORIZON, title: 'Éducate the Cat' });
  await remove(template);
  expect(await ids({ types: ['template'], q: 'the cat' })).toEqual([template.id]);
  for (const more of [{ types: ['list'] }, { q: 'dog' }, { list_id: uuidv7() }]) expect(await ids(more)).toEqual([]);
  expect(await ids({}, limitedTo(world.list))).toEqual([template.id]);
  const strangers = [
    limitedTo(uuidv7()),
    { ...world.context, principal: { ...world.context.principal, workspaceId: uuidv7() } },
  ];
  for (const context of strangers) {
    expect(await ids({}, context)).toEqual([]);
    expect(await restore(template, {}, context)).toEqual({ restored: null });
    expect(await world.trash.deleteFromTrash({ id: template.id }, context)).toEqual({ deleted: false });
  }
  const reader = { ...world.context, principal: { ...world.context.principal, scopes: ['recurrence:read'] } };
  await expect(restore(template, {}, reader)).rejects.toMatchObject({ code: 'forbidden' });
  const { total } = await world.trash.findTrash({ limit: 0, list_id: world.list, count: true }, world.context);
  expect(total).toBe(1);
});

test('the trash has pages, the newest deletion first', async () => {
  const made: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    const template = await world.create(daily(), HORIZON);
    await remove(template);
    made.unshift(template.id);
  }
  const [first] = await trashed({ limit: 1 });
  if (!first) throw new Error('The trash is empty.');
  const rest = await trashed({ after: { deleted_at: first.deleted_at, id: first.id } });
  expect([first, ...rest].map(({ id }) => id)).toEqual(made);
});

test('a template whose list is gone returns into the Inbox, one whose list is in the trash does not return', async () => {
  const template = await world.create(daily(), HORIZON);
  await remove(template);
  await world.tasks.deleteList({ id: world.list, tasks: 'delete' }, world.context);
  await world.deliver();
  await expect(restore(template)).rejects.toMatchObject({ code: 'list_in_trash', details: { list_id: world.list } });
  const other = await world.newList();
  const elsewhere = await world.create(daily(), { ...HORIZON, list_id: other });
  await remove(elsewhere);
  await world.tasksTrash.deleteFromTrash({ id: world.list }, world.context);
  const { restored } = await restore(template);
  await world.work();
  expect(restored?.list_id).not.toBe(world.list);
  expect(await world.tasks.getList({ id: restored?.list_id ?? '' }, world.context)).toMatchObject({ title: 'Inbox' });
  expect(await startsOf(template)).not.toEqual([]);
  // Or into the list that is named, under another title.
  const target = await world.newList();
  expect(await restore(elsewhere, { list_id: target, title: 'Other' })).toMatchObject({
    restored: { list_id: target, title: 'Other' },
  });
  await expect(restore(elsewhere, { list_id: uuidv7() })).rejects.toMatchObject({ code: 'not_in_trash' });
});

test('a template returns without assignees who have left meanwhile', async () => {
  const [stays, leaves] = [uuidv7(), uuidv7()];
  const template = await world.create(daily(), { ...HORIZON, assignee_id: leaves });
  for (const [start, assignee_id] of [
    [THIRD, leaves],
    [FOURTH, stays],
  ] as const)
    await world.api.createException(
      { id: template.id, original_start: start, kind: 'edit', fields: { assignee_id } },
      world.context,
    );
  await world.deliver();
  await remove(template);
  world.strangers.add(leaves);
  await restore(template);
  await world.deliver();
  expect(await get(template)).toMatchObject({ assignee_id: null });
  expect(await exceptionsOf(template)).toEqual([
    [THIRD, 'edit', { assignee_id: null }],
    [FOURTH, 'edit', { assignee_id: stays }],
  ]);
});

test('one part of a split series returns alone', async () => {
  const template = await world.create(daily(), HORIZON);
  const change = { id: template.id, original_start: FOURTH, scope: 'following' as const, patch: { title: 'Split' } };
  const { template: next } = await world.api.changeOccurrence(change, world.context);
  await world.deliver();
  const [firsts, others] = [await startsOf(template), await startsOf(next)];
  await remove(template);
  await remove(next);
  await world.deliver();
  await restore(template);
  await world.deliver();
  expect(await startsOf(template)).toEqual(firsts);
  expect(await startsOf(next)).toEqual([]);
  await restore(next);
  await world.deliver();
  expect([await startsOf(template), await startsOf(next)]).toEqual([firsts, others]);
});

test('a chain by completion goes on with one live occurrence', async () => {
  const template = await world.create({ ...daily(), every: 3 }, { anchor: 'completion' });
  const [task] = await world.tasksOf(template);
  await world.tasks.updateTask({ id: task?.id ?? '', patch: { status: 'done' } }, world.context);
  await world.deliver();
  const before = await startsOf(template);
  await remove(template);
  await world.deliver();
  expect(await startsOf(template)).toEqual(before.slice(0, 1));
  await restore(template);
  await world.deliver();
  expect(await startsOf(template)).toEqual(before);
});

test('for good, nothing of a template and its ledger stays', async () => {
  const template = await excepted();
  const member = { ...world.context, principal: { ...world.context.principal, scopes: ['recurrence:write'] } };
  await expect(world.api.deleteTemplate({ id: template.id, permanent: 'true' }, member)).rejects.toMatchObject({
    code: 'forbidden',
  });
  await world.take();
  await remove(template, true);
  expect(await eventsOf(template)).toMatchObject([{ event: 'template_deleted', permanent: true }]);
  expect(await world.rows(template)).toEqual([]);
  await expect(world.template(template.id)).rejects.toThrow('no template');
  expect(await trashed()).toEqual([]);

  const other = await excepted();
  await remove(other);
  await expect(world.trash.deleteFromTrash({ id: other.id }, member)).rejects.toMatchObject({ code: 'forbidden' });
  await world.take();
  expect(await world.trash.deleteFromTrash({ id: other.id }, world.context)).toEqual({ deleted: true });
  expect(await eventsOf(other)).toMatchObject([{ event: 'template_purged' }]);
  expect(await world.rows(other)).toEqual([]);
  expect(await restore(other)).toEqual({ restored: null });
  // The edited tasks stay, and their later events change nothing.
  const [edited] = await world.tasksOf(other);
  await world.tasks.deleteTask({ id: edited?.id ?? '' }, world.context);
  await world.deliver();
});

test('a template is not erased before tasks knows that its future tasks are gone', async () => {
  const template = await world.create(daily(), HORIZON);
  world.unavailable.tasks = true;
  await remove(template, true);
  expect(await world.purge.run()).toBe(0);
  expect(await world.rows(template)).not.toEqual([]);
  world.unavailable.tasks = false;
  await world.deliver();
  expect(await world.tasksOf(template)).toEqual([]);
  expect(await world.purge.run()).toBe(1);
  expect(await world.rows(template)).toEqual([]);
});

test('a template is purged after its days in the trash, also one that an earlier release has deleted', async () => {
  const [expired, older, fresh] = [await excepted(), await excepted(), await excepted()];
  for (const template of [expired, older, fresh]) await remove(template);
  await world.deliver();
  const age = (id: string, more = '') =>
    world.database.query(
      `UPDATE recurrence.template SET deleted_at = deleted_at - interval '31 days'${more} WHERE id = $1`,
      [id],
    );
  await age(expired.id);
  await age(older.id, ', before_deletion = NULL');
  expect(await restore(older)).toEqual({ restored: null });
  await world.take();
  expect(await world.purge.run()).toBe(2);
  for (const template of [expired, older]) expect(await world.rows(template)).toEqual([]);
  const purged = (await world.take()).filter(({ event }) => event === 'template_purged');
  expect(purged.map(({ aggregate_id: id }) => id).toSorted()).toEqual([expired.id, older.id].toSorted());
  expect(await world.purge.run()).toBe(0);
  expect(await trashed()).toMatchObject([{ id: fresh.id }]);
});

test('the ledger of a series is kept without content until its last template is purged', async () => {
  const template = await excepted();
  const change = { id: template.id, original_start: dayAt(5, '09:00:00'), scope: 'following' as const };
  const { template: next } = await world.api.changeOccurrence({ ...change, patch: { title: 'Split' } }, world.context);
  await world.deliver();
  await remove(template, true);
  const rows = await world.rows(template);
  expect(rows.length).toBeGreaterThan(2);
  expect(rows.every(({ fields }) => fields === null)).toBe(true);
  await remove(next, true);
  expect([...(await world.rows(template)), ...(await world.rows(next))]).toEqual([]);
});
