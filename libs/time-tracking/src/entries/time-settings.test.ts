// How a workspace keeps its time, on a real PostgreSQL.
import { expect, test } from '@jest/globals';
import { entryEntityTag } from '../../contract/index.js';
import { entriesWorld, limited, outcomes, stored, worked } from '../../testing/entries-world.js';

const world = entriesWorld();

test('they are as they come until somebody changes them', async () => {
  const { entries, workspace } = world();
  const admin = world().user('admin');
  expect(await entries.getSettings(world().user('viewer'))).toEqual({
    overlap_policy: 'allow',
    rounding_minutes: null,
    rounding_mode: 'nearest',
    forgotten_timer_hours: 10,
    version: 1,
    updated_at: null,
  });
  const patch = { rounding_minutes: 15, rounding_mode: 'up' as const };
  const changed = await entries.updateSettings({ ...admin, expectedVersion: 1 }, patch);
  expect(changed).toMatchObject({ ...patch, overlap_policy: 'allow', forgotten_timer_hours: 10, version: 2 });
  expect(await entries.getSettings(admin)).toEqual(changed);
  expect(await entries.updateSettings(admin, patch)).toEqual(changed);
  const cleared = await entries.updateSettings(admin, { rounding_minutes: null, forgotten_timer_hours: 1 });
  expect(cleared).toMatchObject({ rounding_minutes: null, rounding_mode: 'up', forgotten_timer_hours: 1, version: 3 });
  const told = await world().told();
  expect(told).toMatchObject([
    {
      event: 'settings_updated',
      aggregate: 'settings',
      aggregate_id: workspace,
      version: 2,
      occurred_at: changed.updated_at,
      actor: { kind: 'user', id: admin.principal.id },
      source: '127.0.0.1',
      origin: 'user',
    },
    { version: 3 },
  ]);
  expect(told[0]?.changes).toEqual({
    rounding_minutes: { from: null, to: 15 },
    rounding_mode: { from: 'nearest', to: 'up' },
  });
});

test('nothing is no change, a stale version none, and none is for who is limited to lists', async () => {
  const { entries } = world();
  const admin = world().user('admin');
  await expect(entries.updateSettings(admin, {})).rejects.toMatchObject({ kind: 'invalid', code: 'empty_update' });
  const stale = entries.updateSettings({ ...admin, expectedVersion: 2 }, { overlap_policy: 'warn' });
  await expect(stale).rejects.toMatchObject({ code: 'version_conflict', details: { current_version: 1 } });
  const key = limited(world().context, world().list);
  await expect(entries.updateSettings(key, { overlap_policy: 'warn' })).rejects.toMatchObject({ code: 'forbidden' });
  expect(await stored(world())).toEqual([]);
});

test('of many changes to one version one wins; of others all', async () => {
  const admin = world().user('admin');
  const guarded = Array.from({ length: 10 }, (_, index) =>
    world().entries.updateSettings({ ...admin, expectedVersion: 1 }, { forgotten_timer_hours: 20 + index }),
  );
  expect(await outcomes(guarded)).toEqual({ well: 1, codes: { version_conflict: 9 } });
  const free = Array.from({ length: 10 }, (_, index) =>
    world().entries.updateSettings(admin, { forgotten_timer_hours: 40 + index }),
  );
  expect(await outcomes(free)).toEqual({ well: 10, codes: {} });
  expect((await world().told()).map(({ version }) => version)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('rounding shows, and changes nothing that is stored', async () => {
  const user = world().user();
  const { entries } = world();
  const entry = await worked(world(), user, 3, 1.8);
  const before = await stored(world());
  await entries.updateSettings(world().user('admin'), { rounding_minutes: 30, rounding_mode: 'up' });
  const rounded = await entries.getEntry(user, entry.id);
  expect(rounded).toEqual(Object.assign({}, entry, { rounded_duration: 'PT1H30M' }));
  expect((await entries.findEntries(user, {})).items).toEqual([rounded]);
  expect(entryEntityTag(rounded)).not.toBe(entryEntityTag(entry));
  expect((await stored(world())).slice(0, 1)).toEqual(before);
  await entries.updateSettings(world().user('admin'), { rounding_mode: 'down' });
  expect((await entries.getEntry(user, entry.id)).rounded_duration).toBe('PT1H');
});

test('an entry that is as long as it is rounded to shows that it is rounded, so that nobody keeps what it was', async () => {
  const user = world().user();
  const { entries } = world();
  const entry = await worked(world(), user, 3, 2);
  await entries.updateSettings(world().user('admin'), { rounding_minutes: 30 });
  const rounded = await entries.getEntry(user, entry.id);
  expect(rounded).toEqual(Object.assign({}, entry, { rounded_duration: entry.duration }));
  expect(entryEntityTag(rounded)).not.toBe(entryEntityTag(entry));
});
