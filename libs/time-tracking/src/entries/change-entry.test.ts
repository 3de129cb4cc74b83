// Changing and deleting entries, on a real PostgreSQL.
import { describe, expect, test } from '@jest/globals';
import { uuidv7 } from 'uuidv7';
import { until } from '../../../../test/support/until.ts';
import { entriesWorld, hoursAgo, outcomes, stored, worked } from '../../testing/entries-world.js';
import { toWriteEntries } from '../persistence/conditions.js';

const world = entriesWorld();

test('a change raises the version by one and is told with old and new values', async () => {
  const user = world().user();
  const task = await world().newTask();
  const entry = await worked(world(), user, 3, 2);
  await world().told();
  const patch = { task_id: task.id, started_at: hoursAgo(4), note: 'n', tags: ['t'], billable: true };
  const changed = await world().entries.updateEntry({ id: entry.id, patch }, user);
  expect(changed).toEqual(
    Object.assign(entry, patch, { duration: 'PT2H', version: 2, updated_at: changed.updated_at }),
  );
  expect(await world().told()).toMatchObject([
    {
      event: 'entry_updated',
      aggregate_id: entry.id,
      user_id: user.principal.id,
      version: 2,
      occurred_at: changed.updated_at,
      changes: {
        task_id: { from: null, to: task.id },
        started_at: { from: hoursAgo(3), to: hoursAgo(4) },
        note: { from: null, to: 'n' },
        tags: { from: [], to: ['t'] },
        billable: { from: false, to: true },
      },
    },
  ]);
  const cleared = await world().entries.updateEntry({ id: entry.id, patch: { task_id: null, note: null } }, user);
  expect(cleared).toMatchObject({ task_id: null, note: null, tags: ['t'], version: 3 });
});

test('time never runs backwards within an entry', async () => {
  const user = world().user();
  const entry = await worked(world(), user, 3, 2);
  await world().database.query(`UPDATE time_tracking.entry SET updated_at = now() + interval '1 hour'`);
  const ahead = await world().entries.getEntry({ id: entry.id }, user);
  const changed = await world().entries.updateEntry({ id: entry.id, patch: { note: 'n' } }, user);
  expect(changed.updated_at).toBe(ahead.updated_at);
  await world().entries.deleteEntry({ id: entry.id }, user);
  const times = (await world().told()).map(({ occurred_at }) => occurred_at);
  expect(times.slice(1)).toEqual([ahead.updated_at, ahead.updated_at]);
});

describe('what changes nothing', () => {
  test('writes nothing', async () => {
    const user = world().user();
    const task = await world().newTask();
    const entry = await worked(world(), user, 3, 2, { tags: ['a', 'b'], task_id: task.id });
    await world().tasks.deleteTask({ id: task.id }, world().context);
    await world().told();
    const same = { task_id: task.id.toUpperCase(), duration: 'PT60M', tags: ['a', 'b'], note: null, billable: false };
    expect(await world().entries.updateEntry({ id: entry.id, patch: same }, user)).toEqual(entry);
    expect(await world().told()).toEqual([]);
    expect(await world().entries.getEntry({ id: entry.id }, user)).toEqual(entry);
  });

  test('nothing at all is no change', async () => {
    const entry = await worked(world(), world().user(), 3, 2);
    await expect(world().entries.updateEntry({ id: entry.id, patch: {} }, world().context)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'empty_update',
    });
  });
});

describe('who may', () => {
  test('a member touches their own alone; admins and keys everybody’s', async () => {
    const entry = await worked(world(), world().user(), 3, 2);
    const before = await stored(world());
    const { entries, context } = world();
    const other = world().user();
    await expect(entries.updateEntry({ id: entry.id, patch: { note: 'n' } }, other)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(entries.deleteEntry({ id: entry.id }, other)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await stored(world())).toEqual(before);
    for (const [index, caller] of [world().user('admin'), world().user('owner'), context].entries()) {
      expect(await entries.updateEntry({ id: entry.id, patch: { note: `${index}` } }, caller)).toMatchObject({
        version: index + 2,
      });
    }
    await entries.deleteEntry({ id: entry.id }, context);
  });

  test('nobody of another workspace', async () => {
    const entry = await worked(world(), world().user(), 3, 2);
    const { entries, context } = world();
    const abroad = { ...context, principal: { ...context.principal, workspaceId: uuidv7() } };
    await expect(entries.getEntry({ id: entry.id }, abroad)).rejects.toMatchObject({ code: 'entry_not_found' });
    await expect(entries.updateEntry({ id: entry.id, patch: { note: 'n' } }, abroad)).rejects.toMatchObject({
      code: 'entry_not_found',
    });
    await expect(entries.deleteEntry({ id: entry.id }, abroad)).rejects.toMatchObject({ code: 'entry_not_found' });
    expect((await entries.findEntries({}, abroad)).items).toEqual([]);
  });
});

test.each([
  ['two ends', { ended_at: hoursAgo(1), duration: 'PT1H' }, ['ended_at', 'duration']],
  ['an end before the start', { ended_at: hoursAgo(4) }, ['ended_at']],
  ['a start behind the end', { started_at: hoursAgo(1) }, ['started_at']],
  ['a duration into the future', { duration: 'PT4H' }, ['duration']],
])('a change to %s names the field and changes nothing', async (_what, patch, fields) => {
  const user = world().user();
  const entry = await worked(world(), user, 3, 2);
  const before = await stored(world());
  await expect(world().entries.updateEntry({ id: entry.id, patch }, user)).rejects.toMatchObject({
    code: 'validation_error',
    details: fields.map((field) => ({ field, issue: expect.any(String) })),
  });
  await expect(world().entries.updateEntry({ id: entry.id, patch: { task_id: uuidv7() } }, user)).rejects.toMatchObject(
    {
      code: 'task_not_found',
    },
  );
  expect(await stored(world())).toEqual(before);
});

describe('If-Match', () => {
  test('guards changes and deletion', async () => {
    const user = world().user();
    const { entries } = world();
    const entry = await worked(world(), user, 3, 2);
    const stale = { ...user, expectedVersion: 2 };
    await expect(entries.updateEntry({ id: entry.id, patch: { note: 'n' } }, stale)).rejects.toMatchObject({
      code: 'version_conflict',
    });
    await expect(entries.deleteEntry({ id: entry.id }, stale)).rejects.toMatchObject({ code: 'version_conflict' });
    await entries.updateEntry({ id: entry.id, patch: { note: 'n' } }, { ...user, expectedVersion: 1 });
    await entries.deleteEntry({ id: entry.id }, stale);
    expect(await stored(world())).toEqual([]);
  });

  test('lets one of many win', async () => {
    const user = { ...world().user(), expectedVersion: 1 };
    const entry = await worked(world(), user, 3, 2);
    const writes = Array.from({ length: 20 }, (_, index) =>
      world().entries.updateEntry({ id: entry.id, patch: { note: String(index) } }, user),
    );
    expect(await outcomes(writes)).toEqual({ well: 1, codes: { version_conflict: 19 } });
  });
});

test('many changes at once are one after the other, each told once', async () => {
  const user = world().user();
  const entry = await worked(world(), user, 3, 2);
  const notes = Array.from({ length: 20 }, (_, index) => String(index));
  await Promise.all(notes.map((note) => world().entries.updateEntry({ id: entry.id, patch: { note } }, user)));
  const told = (await world().told()).slice(1).toSorted((one, other) => one.version - other.version);
  expect(told.map(({ version }) => version)).toEqual(notes.map((_, index) => index + 2));
  const changes = told.flatMap((event) => (event.aggregate === 'entry' ? [event.changes['note']] : []));
  expect(changes.map((note) => note?.from)).toEqual([null, ...changes.slice(0, -1).map((note) => note?.to)]);
});

test('the task that is asked for is the task in the end, also where another change comes between', async () => {
  const { database, entries, workspace } = world();
  const user = world().user();
  const [task, other] = [await world().newTask(), await world().newTask()];
  const { id } = await worked(world(), user, 3, 2, { task_id: task.id });
  let answer: ReturnType<typeof entries.updateEntry> | undefined;
  await database.transaction(async (on) => {
    await toWriteEntries(on, workspace, user.principal.id);
    answer = entries.updateEntry({ id, patch: { task_id: task.id, note: 'n' } }, user);
    await until('the change waits', async () => {
      const waiting = await database.query(
        `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      return waiting.length > 0;
    });
    await on.query('UPDATE time_tracking.entry SET task_id = $2 WHERE id = $1', [id, other.id]);
  });
  expect(await answer).toMatchObject({ task_id: task.id, note: 'n' });
});

test('what is deleted is gone, and told with what it was', async () => {
  const user = world().user();
  const entry = await worked(world(), user, 3, 2, { tags: ['t'] });
  await world().told();
  await world().entries.deleteEntry({ id: entry.id }, user);
  await expect(world().entries.getEntry({ id: entry.id }, user)).rejects.toMatchObject({ code: 'entry_not_found' });
  await expect(world().entries.deleteEntry({ id: entry.id }, user)).rejects.toMatchObject({ code: 'entry_not_found' });
  expect(await world().told()).toMatchObject([
    {
      event: 'entry_deleted',
      version: 2,
      user_id: user.principal.id,
      changes: { started_at: { from: hoursAgo(3), to: null }, tags: { from: ['t'], to: null } },
    },
  ]);
});
