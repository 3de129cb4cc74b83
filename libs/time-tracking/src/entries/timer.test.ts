// Timers, on a real PostgreSQL: one of each user, by the server's clock.
import { describe, expect, test } from '@jest/globals';
import type { AnyOperation, CallContext } from '@mono/contract';
import { callOperation } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { timerOperations, type TimeEntry } from '../../contract/index.js';
import { entriesWorld, hoursAgo, keyed, outcomes, stored } from '../../testing/entries-world.js';

const world = entriesWorld();

async function started(user: CallContext, more: { task_id?: string } = {}): Promise<TimeEntry> {
  return await world().entries.startTimer(more, user);
}

/** By the database's clock. */
async function serverTime(): Promise<string> {
  const [row] = await world().database.query<{ now: string }>('SELECT clock_timestamp()::timestamptz(3) AS now');
  return row?.now ?? '';
}

async function runsSince(id: string, since: string): Promise<void> {
  await world().database.query('UPDATE time_tracking.entry SET started_at = $2 WHERE id = $1', [id, since]);
}

test('a timer runs from the server’s time to the server’s time, and is told of', async () => {
  const user = world().user();
  const { entries } = world();
  const task = await world().newTask();
  expect(await entries.getTimer(undefined, user)).toEqual({ entry: null });
  const before = await serverTime();
  const running = await entries.startTimer({ task_id: task.id, note: 'n', tags: ['t'], billable: true }, user);
  expect(running).toMatchObject({
    user_id: user.principal.id,
    task_id: task.id,
    ended_at: null,
    duration: null,
    rounded_duration: null,
    note: 'n',
    tags: ['t'],
    billable: true,
    source: 'timer',
    version: 1,
  });
  expect(running.started_at >= before).toBe(true);
  expect(await entries.getTimer(undefined, user)).toEqual({ entry: running });
  const stopped = await entries.stopTimer(undefined, user);
  expect(stopped).toMatchObject({ id: running.id, started_at: running.started_at, version: 2 });
  expect(stopped.ended_at !== null && stopped.ended_at >= running.started_at).toBe(true);
  expect(stopped.ended_at !== null && stopped.ended_at <= (await serverTime())).toBe(true);
  expect(await entries.getTimer(undefined, user)).toEqual({ entry: null });
  expect(await world().told()).toMatchObject([
    {
      event: 'timer_started',
      version: 1,
      user_id: user.principal.id,
      changes: { started_at: { to: running.started_at } },
    },
    { event: 'timer_stopped', version: 2, changes: { ended_at: { from: null, to: stopped.ended_at } } },
  ]);
});

test('of fifty starts at once one is made', async () => {
  const user = world().user();
  const starts = Array.from({ length: 50 }, () => world().entries.startTimer({}, user));
  expect(await outcomes(starts)).toEqual({ well: 1, codes: { timer_running: 49 } });
  expect(await stored(world())).toHaveLength(1);
  expect(await world().told()).toHaveLength(1);
});

test('who starts twice hears what runs', async () => {
  const user = world().user();
  const { id } = await started(user);
  await expect(started(user)).rejects.toMatchObject({ kind: 'conflict', details: { entry_id: id } });
});

test('a start again with the same Idempotency-Key is the same start, and so are a stop and a switch', async () => {
  const user = world().user();
  const { entries } = world();
  const again = (operation: AnyOperation, input?: object) =>
    callOperation(world().bus, operation, input, keyed(user, 'a'));
  const first = await entries.startTimer({}, keyed(user, 'a'));
  expect(await again(timerOperations.startTimer, {})).toEqual({ body: first, replayed: true });
  const switched = await entries.switchTimer({ note: 'n' }, keyed(user, 'a'));
  expect(await again(timerOperations.switchTimer, { note: 'n' })).toEqual({ body: switched, replayed: true });
  const stopped = await entries.stopTimer(undefined, keyed(user, 'a'));
  expect(await again(timerOperations.stopTimer)).toEqual({ body: stopped, replayed: true });
  expect(await world().told()).toHaveLength(4);
});

test('each user has a timer in each workspace', async () => {
  const user = world().user();
  const elsewhere = { ...user, principal: { ...user.principal, workspaceId: uuidv7() } };
  const running = [await started(user), await started(elsewhere), await started(world().user())];
  expect(await world().entries.getTimer(undefined, elsewhere)).toEqual({ entry: running[1] });
});

test('keys have no timer', async () => {
  const { context, entries } = world();
  await expect(entries.startTimer({}, context)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(entries.stopTimer(undefined, context)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(entries.switchTimer({}, context)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(entries.getTimer(undefined, context)).rejects.toMatchObject({ code: 'forbidden' });
  expect(await stored(world())).toEqual([]);
});

test('what does not run cannot be stopped, and what is not there not be worked on', async () => {
  const user = world().user();
  await expect(world().entries.stopTimer(undefined, user)).rejects.toMatchObject({
    kind: 'conflict',
    code: 'timer_not_running',
  });
  await expect(started(user, { task_id: uuidv7() })).rejects.toMatchObject({ code: 'task_not_found' });
  const running = await started(user);
  await expect(world().entries.switchTimer({ task_id: uuidv7() }, user)).rejects.toMatchObject({
    code: 'task_not_found',
  });
  expect(await world().entries.getTimer(undefined, user)).toEqual({ entry: running });
});

describe('a switch', () => {
  test('stops and starts at the same instant', async () => {
    const user = world().user();
    const running = await started(user);
    const body = await world().entries.switchTimer({ note: 'next' }, user);
    expect(body.stopped).toMatchObject({ id: running.id, version: 2 });
    expect(body.started).toMatchObject({
      started_at: body.stopped?.ended_at,
      ended_at: null,
      note: 'next',
      version: 1,
    });
    expect((await world().told()).map(({ event }) => event)).toEqual([
      'timer_started',
      'timer_stopped',
      'timer_started',
    ]);
  });

  test('starts where nothing runs', async () => {
    const body = await world().entries.switchTimer({}, world().user());
    expect(body).toMatchObject({ stopped: null, started: { ended_at: null } });
  });

  test('that comes many times at once and among stops stops each entry once', async () => {
    const user = world().user();
    const { entries } = world();
    await started(user);
    const calls = Array.from({ length: 30 }, (_, index) =>
      index % 3 === 0
        ? entries.stopTimer(undefined, user).then((body) => body.id)
        : entries.switchTimer({}, user).then((body) => body.stopped?.id),
    );
    const settled = await Promise.allSettled(calls);
    const stopped = settled.flatMap((call) => (call.status === 'fulfilled' ? (call.value ?? []) : []));
    expect(new Set(stopped).size).toBe(stopped.length);
    const ended = await world().database.query('SELECT FROM time_tracking.entry WHERE ended_at IS NOT NULL');
    expect(ended).toHaveLength(stopped.length);
    const told = (await world().told()).filter(({ event }) => event === 'timer_stopped');
    expect(told).toHaveLength(stopped.length);
    // No instant between one's end and the next one's begin is lost or counted twice.
    const [{ overlapping } = { overlapping: -1 }] = await world().database.query<{ overlapping: number }>(
      `SELECT count(*)::int AS overlapping FROM time_tracking.entry a JOIN time_tracking.entry b
         ON a.id < b.id AND tstzrange(a.started_at, a.ended_at) && tstzrange(b.started_at, b.ended_at)`,
    );
    expect(overlapping).toBe(0);
  });
});

test('what was to begin ahead of now has taken no time when it is stopped', async () => {
  const user = world().user();
  const { id } = await started(user);
  const ahead = new Date(Date.now() + 60_000).toISOString();
  expect(await world().entries.updateEntry({ id, patch: { started_at: ahead } }, user)).toMatchObject({
    started_at: ahead,
  });
  const body = await world().entries.switchTimer({}, user);
  expect(body.stopped).toMatchObject({ started_at: ahead, ended_at: ahead, duration: 'PT0S' });
  expect(body.started.started_at).toBe(ahead);
});

describe('an entry whose timer runs', () => {
  test('may be changed meanwhile', async () => {
    const user = world().user();
    const { id } = await started(user);
    const task = await world().newTask();
    const patch = { started_at: hoursAgo(2), note: 'n', tags: ['t'], billable: true, task_id: task.id };
    expect(await world().entries.updateEntry({ id, patch }, user)).toMatchObject({
      ...patch,
      ended_at: null,
      version: 2,
    });
    expect((await world().told()).map(({ event }) => event)).toEqual(['timer_started', 'entry_updated']);
  });

  test.each([
    ['an end', { ended_at: hoursAgo(1) }],
    ['a duration', { duration: 'PT1H' }],
  ])('is stopped by %s', async (_what, patch) => {
    const user = world().user();
    const { id } = await started(user);
    await runsSince(id, hoursAgo(2));
    const stopped = await world().entries.updateEntry({ id, patch: { ...patch, note: 'n' } }, user);
    expect(stopped).toMatchObject({
      started_at: hoursAgo(2),
      ended_at: hoursAgo(1),
      duration: 'PT1H',
      source: 'timer',
    });
    expect(await world().entries.getTimer(undefined, user)).toEqual({ entry: null });
    expect((await world().told()).at(-1)).toMatchObject({
      event: 'timer_stopped',
      changes: { ended_at: { from: null, to: hoursAgo(1) }, note: { from: null, to: 'n' } },
    });
  });

  test('may be deleted', async () => {
    const user = world().user();
    const { id } = await started(user);
    await world().entries.deleteEntry({ id }, user);
    expect(await world().entries.getTimer(undefined, user)).toEqual({ entry: null });
    expect((await world().told()).at(-1)).toMatchObject({ event: 'entry_deleted', version: 2 });
  });

  test('is stopped whole, however long it ran; by hand it has to be made a likely length', async () => {
    const user = world().user();
    const { id } = await started(user);
    await runsSince(id, hoursAgo(40 * 24));
    await expect(world().entries.updateEntry({ id, patch: { ended_at: hoursAgo(0) } }, user)).rejects.toMatchObject({
      details: [{ field: 'ended_at', issue: expect.any(String) }],
    });
    const body = await world().entries.stopTimer(undefined, user);
    expect(body.duration).toMatch(/^PT960H/);
    expect(await world().entries.updateEntry({ id, patch: { note: 'n' } }, user)).toMatchObject({ note: 'n' });
  });
});
