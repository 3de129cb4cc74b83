// Forgotten timers, on a real PostgreSQL: each is told of once, by whichever node.
import { expect, test } from '@jest/globals';
import type { CallContext } from '@mono/contract';
import { entriesWorld, hoursAgo, stored, worked } from '../../testing/entries-world.js';
import { noticeForgotten } from './notice-forgotten.js';

const world = entriesWorld();

/** A timer that has run since so many hours ago. */
async function running(hours: number, user: CallContext = world().user(), task_id?: string): Promise<string> {
  const body = await world().entries.startTimer(task_id === undefined ? {} : { task_id }, user);
  await world().entries.updateEntry({ id: body.id, patch: { started_at: hoursAgo(hours) } }, user);
  await world().told();
  return body.id;
}

function notice(batch?: number): Promise<number> {
  return noticeForgotten(world().database, world().signal, batch);
}

test('a timer that runs for too long is told of once, and changes no version', async () => {
  const user = world().user();
  const task = await world().newTask({ title: 'Water the ferns' });
  await world().deliver();
  const id = await running(11, user, task.id);
  const entry = await world().entries.getEntry({ id }, user);
  expect(await notice()).toBe(1);
  expect(await notice()).toBe(0);
  expect(await world().entries.getEntry({ id }, user)).toEqual(entry);
  const told = await world().told();
  expect(told).toEqual([
    {
      id: expect.any(String),
      subject: 'events.time-tracking.v1.timer_forgotten',
      event: 'timer_forgotten',
      aggregate: 'entry',
      aggregate_id: id,
      user_id: user.principal.id,
      workspace_id: world().workspace,
      version: 2,
      occurred_at: expect.any(String),
      actor: { kind: 'system', id: 'time-tracking' },
      request_id: 'time-tracking',
      origin: 'system',
      changes: {},
      timer: { started_at: hoursAgo(11), task_id: task.id, task_title: 'Water the ferns' },
    },
  ]);
  expect((told[0]?.occurred_at ?? '') >= entry.updated_at).toBe(true);
});

test('one that runs for less, or has ended, is not', async () => {
  await running(9);
  const user = world().user();
  await running(12, user);
  await world().entries.stopTimer(undefined, user);
  await worked(world(), world().user(), 30, 29);
  expect(await notice()).toBe(0);
});

test('each workspace says how long that is', async () => {
  await running(9);
  await running(7);
  await world().entries.updateSettings({ patch: { forgotten_timer_hours: 8 } }, world().user('admin'));
  await world().told();
  expect(await notice()).toBe(1);
  await world().entries.updateSettings({ patch: { forgotten_timer_hours: 168 } }, world().user('admin'));
  await running(100);
  expect(await notice()).toBe(0);
});

test('one that is said to have begun at another time is told of again, if it has run for too long', async () => {
  const user = world().user();
  const id = await running(11, user);
  expect(await notice()).toBe(1);
  await world().entries.updateEntry({ id, patch: { note: 'Lunch?' } }, user);
  expect(await notice()).toBe(0);
  await world().entries.updateEntry({ id, patch: { started_at: hoursAgo(12) } }, user);
  expect(await notice()).toBe(1);
  await world().entries.updateEntry({ id, patch: { started_at: hoursAgo(1) } }, user);
  expect(await notice()).toBe(0);
});

test('many nodes that look at once tell of each once, in batches', async () => {
  for (let index = 0; index < 25; index += 1) await running(11 + index);
  const told = await Promise.all(Array.from({ length: 4 }, () => notice(4)));
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(25);
  const ids = (await world().told()).map(({ aggregate_id: id }) => id);
  expect(ids).toHaveLength(25);
  expect(new Set(ids).size).toBe(25);
});

test('a node that dies in the middle has told nothing', async () => {
  await running(11);
  const before = await stored(world());
  const { database } = world();
  const dying = {
    query: database.query.bind(database),
    afterCommit: database.afterCommit.bind(database),
    transaction: <T>(work: Parameters<typeof database.transaction<T>>[0]) =>
      database.transaction(async (on) => {
        await work(on);
        throw new Error('on purpose');
      }),
  };
  await expect(noticeForgotten(dying, world().signal)).rejects.toThrow('on purpose');
  expect(await stored(world())).toEqual(before);
  expect(await world().told()).toEqual([]);
  expect(await notice()).toBe(1);
});
