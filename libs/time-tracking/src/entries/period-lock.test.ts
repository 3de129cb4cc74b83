// A period that is closed, on a real PostgreSQL.
import { describe, expect, test } from '@jest/globals';
import type { CallContext } from '@mono/contract';
import { callOperation } from '@mono/platform';
import { timeSettingsOperations, type PeriodLock } from '../../contract/index.js';
import { entriesWorld, hoursAgo, keyed, limited, outcomes, stored, worked } from '../../testing/entries-world.js';

const world = entriesWorld();

async function lock(locked_until: string | null): Promise<PeriodLock> {
  return await world().entries.lockPeriod({ locked_until }, world().context);
}

const LOCKED = { kind: 'conflict', code: 'period_locked' };

test('what begins in closed time is not made, changed, moved or deleted', async () => {
  const user = world().user();
  const { entries } = world();
  const [closed, open] = [await worked(world(), user, 6, 5), await worked(world(), user, 2, 1)];
  await lock(hoursAgo(5.5));
  const before = await stored(world());
  await expect(worked(world(), user, 5.6, 1)).rejects.toMatchObject({
    ...LOCKED,
    details: { locked_until: hoursAgo(5.5) },
  });
  await expect(entries.updateEntry({ id: closed.id, patch: { note: 'n' } }, user)).rejects.toMatchObject(LOCKED);
  await expect(
    entries.updateEntry({ id: closed.id, patch: { started_at: hoursAgo(5.2) } }, user),
  ).rejects.toMatchObject(LOCKED);
  await expect(entries.updateEntry({ id: open.id, patch: { started_at: hoursAgo(6) } }, user)).rejects.toMatchObject(
    LOCKED,
  );
  await expect(entries.deleteEntry({ id: closed.id }, world().user('owner'))).rejects.toMatchObject(LOCKED);
  expect(await stored(world())).toEqual(before);
  expect(await entries.getEntry({ id: closed.id }, user)).toEqual(closed);
});

test('what begins with the open time, or later, goes on as before', async () => {
  const user = world().user();
  await lock(hoursAgo(5));
  const entry = await worked(world(), user, 5, 4);
  await world().entries.updateEntry({ id: entry.id, patch: { note: 'n' } }, user);
  await world().entries.deleteEntry({ id: entry.id }, user);
  expect((await world().entries.startTimer({}, user)).version).toBe(1);
});

/** A timer of a user, begun in time that is closed since. */
async function running(): Promise<{ user: CallContext; id: string }> {
  const user = world().user();
  const { id } = await world().entries.startTimer({}, user);
  await world().entries.updateEntry({ id, patch: { started_at: hoursAgo(6) } }, user);
  await lock(hoursAgo(3));
  return { user, id };
}

describe('a timer that began in it', () => {
  test.each(['stop', 'switch'] as const)('may be stopped by %s', async (way) => {
    const { user, id } = await running();
    const { entries } = world();
    const stopped =
      way === 'stop' ? await entries.stopTimer(undefined, user) : (await entries.switchTimer({}, user)).stopped;
    expect(stopped).toMatchObject({ id, started_at: hoursAgo(6) });
  });

  test('may be ended in open time, and in no other way be changed', async () => {
    const { user, id } = await running();
    const { entries } = world();
    const before = await stored(world());
    for (const patch of [
      { note: 'n' },
      { ended_at: hoursAgo(2), note: 'n' },
      { ended_at: hoursAgo(4) },
      { started_at: hoursAgo(2) },
    ]) {
      await expect(entries.updateEntry({ id, patch }, user)).rejects.toMatchObject(LOCKED);
    }
    await expect(entries.deleteEntry({ id }, user)).rejects.toMatchObject(LOCKED);
    expect(await stored(world())).toEqual(before);
    expect(await entries.updateEntry({ id, patch: { ended_at: hoursAgo(3) } }, user)).toMatchObject({
      duration: 'PT3H',
    });
    await expect(entries.updateEntry({ id, patch: { ended_at: hoursAgo(2) } }, user)).rejects.toMatchObject(LOCKED);
  });
});

test('it may lie earlier again, or be opened; each change is told for the audit trail', async () => {
  const { entries, context, workspace } = world();
  expect(await entries.getLock(undefined, context)).toEqual({
    locked_until: null,
    locked_at: null,
    locked_by: null,
    version: 1,
  });
  const first = await lock(hoursAgo(2).replace('.000Z', '+00:00'));
  const { kind, id } = context.principal;
  expect(first).toEqual({
    locked_until: hoursAgo(2),
    locked_at: expect.any(String),
    locked_by: { kind, id },
    version: 2,
  });
  expect(await entries.getLock(undefined, world().user('viewer'))).toEqual(first);
  expect(await lock(hoursAgo(2))).toEqual(first);
  expect(await lock(hoursAgo(9))).toMatchObject({ locked_until: hoursAgo(9), version: 3 });
  expect(await lock(null)).toMatchObject({ locked_until: null, version: 4 });
  await worked(world(), world().user(), 10, 9);
  const told = (await world().told()).filter(({ aggregate }) => aggregate === 'settings');
  expect(told.map(({ version, changes }) => [version, changes])).toEqual([
    [2, { locked_until: { from: null, to: hoursAgo(2) } }],
    [3, { locked_until: { from: hoursAgo(2), to: hoursAgo(9) } }],
    [4, { locked_until: { from: hoursAgo(9), to: null } }],
  ]);
  expect(told[0]).toMatchObject({
    event: 'period_locked',
    aggregate_id: workspace,
    workspace_id: workspace,
    actor: { kind, id },
    source: '127.0.0.1',
  });
  await entries.lockPeriod({ locked_until: hoursAgo(1) }, { ...context, source: undefined });
  expect(await world().told()).toMatchObject([{ source: 'unknown' }]);
});

test('it does not lie ahead of now, and is not for who is limited to lists', async () => {
  const ahead = new Date(Date.now() + 60_000).toISOString();
  await expect(lock(ahead)).rejects.toMatchObject({
    code: 'validation_error',
    details: [{ field: 'locked_until', issue: expect.any(String) }],
  });
  const key = limited(world().context, world().list);
  const locking = world().entries.lockPeriod({ locked_until: hoursAgo(1) }, key);
  await expect(locking).rejects.toMatchObject({ code: 'forbidden' });
  expect(await stored(world())).toEqual([]);
});

test('an Idempotency-Key closes once', async () => {
  const { entries, context } = world();
  const first = await entries.lockPeriod({ locked_until: hoursAgo(2) }, keyed(context, 'k'));
  await lock(hoursAgo(1));
  const again = await callOperation(
    world().bus,
    timeSettingsOperations.lockPeriod,
    { locked_until: hoursAgo(2) },
    keyed(context, 'k'),
  );
  expect(again).toEqual({ body: first, replayed: true });
  expect((await entries.getLock(undefined, context)).locked_until).toBe(hoursAgo(1));
});

test('whoever writes while it is closed comes before it or not at all', async () => {
  for (let round = 0; round < 5; round += 1) {
    await world().database.query('TRUNCATE time_tracking.entry, time_tracking.settings');
    const writes = Array.from({ length: 20 }, () => worked(world(), world().user(), 3, 2));
    const [{ locked_at: lockedAt }, { well, codes }] = await Promise.all([lock(hoursAgo(1)), outcomes(writes)]);
    expect(well + (codes['period_locked'] ?? 0)).toBe(20);
    const late = await world().database.query('SELECT FROM time_tracking.entry WHERE created_at > $1', [lockedAt]);
    expect(late).toEqual([]);
  }
});
