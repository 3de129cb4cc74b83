// What becomes of entries of one person at the same time, by the workspace's policy, on a real PostgreSQL.
import { describe, expect, test } from '@jest/globals';
import type { CallContext } from '@mono/contract';
import type { OverlapPolicy } from '../../contract/index.js';
import { entriesWorld, hoursAgo, limited, outcomes, stored, worked } from '../../testing/entries-world.js';

const world = entriesWorld();

function follow(overlap_policy: OverlapPolicy): Promise<unknown> {
  return world().entries.updateSettings({ patch: { overlap_policy } }, world().user('admin'));
}

async function exclusive(): Promise<Record<string, boolean>> {
  const rows = await world().database.query<{ id: string; exclusive: boolean }>(
    'SELECT id, exclusive FROM time_tracking.entry ORDER BY started_at, id',
  );
  return Object.fromEntries(rows.map((row) => [row.id, row.exclusive]));
}

test('as it comes nobody minds', async () => {
  const user = world().user();
  await worked(world(), user, 3, 1);
  expect(await worked(world(), user, 2, 1)).toMatchObject({ overlaps: [] });
});

test('what lies in lists beyond the caller’s reach counts, and is not named', async () => {
  const user = world().user();
  const [task, other] = [await world().newTask(), await world().newTask({ list_id: await world().newList() })];
  await world().deliver();
  const key = limited(world().context, world().list);
  const mine = { user_id: user.principal.id, task_id: task.id };
  await worked(world(), user, 3, 2, { task_id: other.id });
  await worked(world(), user, 3, 2);
  const { id } = await worked(world(), user, 3, 2, { task_id: task.id });
  await follow('warn');
  expect((await worked(world(), key, 3, 2.5, mine)).overlaps).toEqual([id]);
  await follow('refuse');
  await world().entries.deleteEntry({ id }, key);
  await expect(worked(world(), key, 2.4, 2, mine)).rejects.toMatchObject({
    code: 'entries_overlap',
    details: { entry_ids: [] },
  });
});

describe('where it warns', () => {
  test('what is written names the first ten others, in order; what is read does not', async () => {
    await follow('warn');
    const user = world().user();
    const others: string[] = [];
    for (let hours = 13; hours > 1; hours -= 1) others.push((await worked(world(), user, hours, 1)).id);
    await worked(world(), world().user(), 20, 1);
    await worked(world(), user, 30, 20);
    await worked(world(), user, 3, 3);
    const entry = await worked(world(), user, 20, 1.5);
    expect(entry.overlaps).toEqual(others.slice(0, 10));
    expect((await world().entries.getEntry({ id: entry.id }, user)).overlaps).toEqual([]);
    const changed = await world().entries.updateEntry({ id: entry.id, patch: { duration: 'PT7H' } }, user);
    expect(changed.overlaps).toEqual([]);
    const moved = await world().entries.updateEntry({ id: entry.id, patch: { duration: 'PT8H30M' } }, user);
    expect(moved.overlaps).toEqual(others.slice(0, 2));
    expect(Object.values(await exclusive())).not.toContain(true);
  });

  test('a timer counts as running for ever', async () => {
    await follow('warn');
    const user = world().user();
    const running = await world().entries.startTimer({}, user);
    await world().entries.updateEntry({ id: running.id, patch: { started_at: hoursAgo(3) } }, user);
    const entry = await worked(world(), user, 2, 1);
    expect(entry.overlaps).toEqual([running.id]);
    expect((await world().entries.stopTimer(undefined, user)).overlaps).toEqual([entry.id]);
  });
});

describe('where it refuses', () => {
  test('no entry is made or moved over another one, and nothing changes', async () => {
    await follow('refuse');
    const user = world().user();
    const [one, other] = [await worked(world(), user, 5, 4), await worked(world(), user, 3, 2)];
    const before = await stored(world());
    await expect(worked(world(), user, 3.5, 2.5)).rejects.toMatchObject({
      kind: 'conflict',
      code: 'entries_overlap',
      details: { entry_ids: [other.id] },
    });
    await expect(worked(world(), user, 9, 1)).rejects.toMatchObject({ details: { entry_ids: [one.id, other.id] } });
    await expect(world().entries.updateEntry({ id: one.id, patch: { duration: 'PT3H' } }, user)).rejects.toMatchObject({
      code: 'entries_overlap',
      details: { entry_ids: [other.id] },
    });
    expect(await stored(world())).toEqual(before);
  });

  test('entries may meet, take no time, and be other people’s', async () => {
    await follow('refuse');
    const user = world().user();
    await worked(world(), user, 5, 4);
    await worked(world(), user, 4, 3);
    await worked(world(), user, 4.5, 4.5);
    await worked(world(), world().user(), 5, 3);
    expect(Object.values(await exclusive())).toEqual([true, true, true, true]);
  });

  test('a timer takes all that is to come', async () => {
    await follow('refuse');
    const user = world().user();
    const { entries } = world();
    const first = await worked(world(), user, 3, 2);
    const running = await entries.startTimer({}, user);
    const into = entries.updateEntry({ id: running.id, patch: { started_at: hoursAgo(2.5) } }, user);
    await expect(into).rejects.toMatchObject({ code: 'entries_overlap', details: { entry_ids: [first.id] } });
    await entries.updateEntry({ id: running.id, patch: { started_at: hoursAgo(2) } }, user);
    await expect(worked(world(), user, 1.5, 1)).rejects.toMatchObject({ details: { entry_ids: [running.id] } });
    const body = await entries.switchTimer({}, user);
    expect(body.started.started_at).toBe(body.stopped?.ended_at);
    await entries.stopTimer(undefined, user);
    expect(Object.values(await exclusive())).toEqual([true, true, true]);
  });

  test('a timer does not start within what was written ahead of now', async () => {
    await follow('refuse');
    const user = world().user();
    const ahead = new Date(Date.now() + 120_000).toISOString();
    const body = await world().entries.createEntry({ started_at: hoursAgo(1), ended_at: ahead }, user);
    const start = world().entries.startTimer({}, user);
    await expect(start).rejects.toMatchObject({ code: 'entries_overlap', details: { entry_ids: [body.id] } });
  });

  test('of twenty overlapping entries at once one is made', async () => {
    await follow('refuse');
    const user = world().user();
    const writes = Array.from({ length: 20 }, (_, index) => worked(world(), user, 3 + index / 100, 2));
    expect(await outcomes(writes)).toEqual({ well: 1, codes: { entries_overlap: 19 } });
  });

  test('of twenty entries that are moved to one time at once one is moved', async () => {
    await follow('refuse');
    const user = world().user();
    const ids: string[] = [];
    for (let day = 2; day < 22; day += 1) ids.push((await worked(world(), user, day * 24, day * 24 - 1)).id);
    const moves = ids.map((id) =>
      world().entries.updateEntry({ id, patch: { started_at: hoursAgo(2), duration: 'PT1H' } }, user),
    );
    expect(await outcomes(moves)).toEqual({ well: 1, codes: { entries_overlap: 19 } });
  });

  test('what overlapped before stays, takes nothing more, and may be mended', async () => {
    const user = world().user();
    const { entries } = world();
    const early = await worked(world(), user, 6, 4);
    const late = await worked(world(), user, 5, 3);
    await worked(world(), user, 2, 1);
    await worked(world(), user, 5, 5);
    await follow('refuse');
    expect(Object.values(await exclusive())).toEqual([false, false, false, false]);
    await expect(worked(world(), user, 3.5, 2.5)).rejects.toMatchObject({ details: { entry_ids: [late.id] } });
    const wider = entries.updateEntry({ id: early.id, patch: { ended_at: hoursAgo(3.5) } }, user);
    await expect(wider).rejects.toMatchObject({ details: { entry_ids: [late.id] } });
    await entries.updateEntry({ id: early.id, patch: { note: 'n' } }, user);
    await entries.updateEntry({ id: early.id, patch: { ended_at: hoursAgo(4.5) } }, user);
    expect((await exclusive())[early.id]).toBe(false);
    await entries.updateEntry({ id: early.id, patch: { ended_at: hoursAgo(5) } }, user);
    expect((await exclusive())[early.id]).toBe(true);
    await expect(worked(world(), user, 4.5, 4)).rejects.toMatchObject({ details: { entry_ids: [late.id] } });
  });

  test('a timer that overlapped before can be stopped', async () => {
    const user = world().user();
    const running = await world().entries.startTimer({}, user);
    await world().entries.updateEntry({ id: running.id, patch: { started_at: hoursAgo(3) } }, user);
    await worked(world(), user, 2, 1);
    await follow('refuse');
    const body = await world().entries.switchTimer({}, user);
    expect(body.stopped).toMatchObject({ id: running.id, overlaps: [] });
    expect(Object.values(await exclusive())).toEqual([false, false, true]);
  });

  test('it refuses exactly what overlaps, whenever that was written', async () => {
    const users = [world().user(), world().user()] as const;
    const random = seeded(7);
    const written: { user: CallContext; from: number; to: number }[] = [];
    for (const policy of ['allow', 'refuse', 'warn', 'refuse'] as const) {
      await follow(policy);
      for (let index = 0; index < 40; index += 1) {
        const from = 20 + Math.floor(random() * 200);
        const to = from - (index % 12 === 0 ? 8 : Math.floor(random() * 3) / 2);
        const user = users[index % 2] ?? users[0];
        const others = written.filter((other) => other.user === user && overlap(other, { from, to }));
        const { well } = await outcomes([worked(world(), user, from, to)]);
        expect({ user, from, to, well }).toEqual({
          user,
          from,
          to,
          well: policy === 'refuse' && others.length > 0 ? 0 : 1,
        });
        if (well === 1) written.push({ user, from, to });
      }
    }
    expect(written.length).toBeGreaterThan(90);
    expect(written.length).toBeLessThan(155);
  });

  test('it counts for whoever writes while it is introduced', async () => {
    for (let round = 0; round < 5; round += 1) {
      await world().database.query('TRUNCATE time_tracking.entry, time_tracking.settings');
      const user = world().user();
      const writes = Array.from({ length: 12 }, () => worked(world(), user, 3, 2));
      await Promise.all([follow('refuse'), outcomes(writes)]);
      const before = await stored(world());
      await expect(worked(world(), user, 3, 2)).rejects.toMatchObject({ code: 'entries_overlap' });
      expect(await stored(world())).toEqual(before);
      const late = await world().database.query(
        `SELECT FROM time_tracking.entry e JOIN time_tracking.settings s USING (workspace_id)
         WHERE e.created_at > s.updated_at AND EXISTS (SELECT FROM time_tracking.entry o WHERE o.user_id = e.user_id AND o.id <> e.id)`,
      );
      expect(late).toEqual([]);
    }
  });
});

interface Hours {
  from: number;
  to: number;
}

/** From so many hours ago until so many hours ago. What takes no time overlaps nothing. */
function overlap(one: Hours, other: Hours): boolean {
  return one.from > one.to && other.from > other.to && one.from > other.to && other.from > one.to;
}

/** Numbers from 0 to 1, the same ones every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
