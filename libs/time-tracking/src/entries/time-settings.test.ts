// How a workspace keeps its time, on a real PostgreSQL.
import { expect, test } from '@jest/globals';
import { entryEntityTag } from '../../contract/index.js';
import { entriesWorld, limited, outcomes, stored, worked } from '../../testing/entries-world.js';

const world = entriesWorld();

test('they are as they come until somebody changes them', async () => {
  const { entries, workspace } = world();
  const admin = world().user('admin');
  expect(await entries.getSettings(undefined, world().user('viewer'))).toEqual({
    overlap_policy: 'allow',
    rounding_minutes: null,
    rounding_mode: 'nearest',
    forgotten_timer_hours: 10,
    version: 1,
    updated_at: null,
  });
  const patch = { rounding_minutes: 15, rounding_mode: 'up' as const };
  const changed = await entries.updateSettings({ patch }, { ...admin, expectedVersion: 1 });
  expect(changed).toMatchObject({ ...patch, overlap_policy: 'allow', forgotten_timer_hours: 10, version: 2 });
  expect(await entries.getSettings(undefined, admin)).toEqual(changed);
  expect(await entries.updateSettings({ patch }, admin)).toEqual(changed);
  const cleared = await entries.updateSettings({ patch: { rounding_minutes: null, forgotten_timer_hours: 1 } }, admin);
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
  await expect(entries.updateSettings({ patch: {} }, admin)).rejects.toMatchObject({
    kind: 'invalid',
    code: 'empty_update',
  });
  const stale = entries.updateSettings({ patch: { overlap_policy: 'warn' } }, { ...admin, expectedVersion: 2 });
  await expect(stale).rejects.toMatchObject({ code: 'version_conflict', details: { current_version: 1 } });
  const key = limited(world().context, world().list);
  expect(await entries.getSettings(undefined, key)).toMatchObject({ version: 1 });
  await expect(entries.updateSettings({ patch: { overlap_policy: 'warn' } }, key)).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect(await stored(world())).toEqual([]);
});

test('of many changes to one version one wins; of others all', async () => {
  const admin = world().user('admin');
  const guarded = Array.from({ length: 10 }, (_, index) =>
    world().entries.updateSettings({ patch: { forgotten_timer_hours: 20 + index } }, { ...admin, expectedVersion: 1 }),
  );
  expect(await outcomes(guarded)).toEqual({ well: 1, codes: { version_conflict: 9 } });
  const free = Array.from({ length: 10 }, (_, index) =>
    world().entries.updateSettings({ patch: { forgotten_timer_hours: 40 + index } }, admin),
  );
  expect(await outcomes(free)).toEqual({ well: 10, codes: {} });
  expect((await world().told()).map(({ version }) => version)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test('rounding shows, and changes nothing that is stored', async () => {
  const user = world().user();
  const { entries } = world();
  const entry = await worked(world(), user, 3, 1.8);
  const before = await stored(world());
  await entries.updateSettings({ patch: { rounding_minutes: 30, rounding_mode: 'up' } }, world().user('admin'));
  const rounded = await entries.getEntry({ id: entry.id }, user);
  expect(rounded).toEqual(Object.assign({}, entry, { rounded_duration: 'PT1H30M' }));
  expect((await entries.findEntries({}, user)).items).toEqual([rounded]);
  expect(entryEntityTag(rounded)).not.toBe(entryEntityTag(entry));
  expect((await stored(world())).slice(0, 1)).toEqual(before);
  await entries.updateSettings({ patch: { rounding_mode: 'down' } }, world().user('admin'));
  expect((await entries.getEntry({ id: entry.id }, user)).rounded_duration).toBe('PT1H');
});

test('an entry that is as long as it is rounded to shows that it is rounded, so that nobody keeps what it was', async () => {
  const user = world().user();
  const { entries } = world();
  const entry = await worked(world(), user, 3, 2);
  await entries.updateSettings({ patch: { rounding_minutes: 30 } }, world().user('admin'));
  const rounded = await entries.getEntry({ id: entry.id }, user);
  expect(rounded).toEqual(Object.assign({}, entry, { rounded_duration: entry.duration }));
  expect(entryEntityTag(rounded)).not.toBe(entryEntityTag(entry));
});
