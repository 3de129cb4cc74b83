// History from the events of tasks, on a real PostgreSQL: exactly once, whatever the order of delivery.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { TaskStatus } from '@mono/tasks/contract';
import { assert, asyncProperty, boolean, shuffledSubarray } from 'fast-check';
import { keptHistory } from '../../testing/kept-history.js';
import { createTimeTrackingWorld, type TimeTrackingWorld, type Told } from '../../testing/time-tracking-world.js';

let world: TimeTrackingWorld;

beforeEach(async () => {
  world = await createTimeTrackingWorld();
});
afterEach(() => world?.end());

async function forget(): Promise<void> {
  await world.database.query('TRUNCATE time_tracking.task, time_tracking.transition, time_tracking.span');
}

/** A few tasks, changed in every way that matters: one is deleted, one restored, one deleted for good. */
async function eventsOfALife(): Promise<Told[]> {
  const other = await world.newList();
  const one = await world.newTask({ tags: ['garden'], estimated_duration: 'PT1H' });
  const two = await world.newTask({ status: 'in_progress' });
  const statuses: TaskStatus[] = ['in_progress', 'blocked', 'in_progress', 'done', 'in_progress'];
  for (const status of statuses) await world.tasks.updateTask({ id: one.id, patch: { status } }, world.context);
  await world.tasks.updateTask(
    { id: one.id, patch: { list_id: other, tags: ['garden', 'roof'], title: 'Other' } },
    world.context,
  );
  await world.tasks.updateTask({ id: two.id, patch: { status: 'done', title: 'Another' } }, world.context);
  await world.tasks.deleteTask({ id: two.id }, world.context);
  await world.tasks.deleteTask({ id: one.id }, world.context);
  await world.trash.restoreFromTrash({ id: one.id }, world.context);
  const three = await world.newTask({ title: 'Secret', status: 'in_progress' });
  await world.tasks.deleteTask({ id: three.id }, world.context);
  await world.trash.restoreFromTrash({ id: three.id }, world.context);
  await world.tasks.deleteTask({ id: three.id }, world.context);
  await world.trash.deleteFromTrash({ id: three.id }, world.context);
  return world.take();
}

test('the history equals the log of tasks', async () => {
  await world.consume(...(await eventsOfALife()));
  const log = await world.database.query(
    `SELECT task_id, version, workspace_id, from_status::text, to_status::text, occurred_at, actor_kind, actor_id, request_id
     FROM tasks.status_transition ORDER BY task_id, version`,
  );
  expect(log.length).toBeGreaterThan(8);
  expect((await keptHistory(world.database)).transitions).toEqual(log);
});

test('any order, repetition and company of the events end in the same rows', async () => {
  const events = await eventsOfALife();
  await world.consume(...events);
  const expected = await keptHistory(world.database);
  expect(expected.spans).toHaveLength(7);
  expect(JSON.stringify(expected.tasks)).not.toContain('Secret');
  await assert(
    asyncProperty(
      shuffledSubarray([...events, ...events.slice(0, 5)], { minLength: events.length + 5 }),
      boolean(),
      async (shuffled, together) => {
        await forget();
        await (together ? world.consumeTogether(shuffled) : world.consume(...shuffled));
        expect(await keptHistory(world.database)).toEqual(expected);
      },
    ),
    { numRuns: 25 },
  );
});

test('two nodes that hear the same tasks at once end in the same rows', async () => {
  const events = await eventsOfALife();
  await world.consume(...events);
  const expected = await keptHistory(world.database);
  for (let round = 0; round < 10; round += 1) {
    await forget();
    await Promise.all([world.consumeTogether(events), world.consume(...events.toReversed())]);
    expect(await keptHistory(world.database)).toEqual(expected);
  }
});

test('a closed span is told as the task’s actual duration, once', async () => {
  const { id } = await world.newTask({ status: 'in_progress' });
  await world.tasks.updateTask({ id, patch: { status: 'done' } }, world.context);
  const events = await world.take();
  await world.consume(...events, ...events);
  const [span] = await world.database.query<{ started_at: string; ended_at: string }>(
    'SELECT started_at, ended_at FROM time_tracking.span',
  );
  const ms = Date.parse(span?.ended_at ?? '') - Date.parse(span?.started_at ?? '');
  const told = await world.told();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({
    event: 'actual_duration_changed',
    aggregate: 'task_time',
    aggregate_id: id,
    version: 2,
    request_id: 'test',
    changes: { actual_duration: { from: null, to: `PT${ms / 1_000}S` } },
  });
});

test('a restored task has its history, entries and time again, and loses its title once it is purged', async () => {
  const me = world.user();
  const { id } = await world.newTask({ title: 'Secret', status: 'in_progress', tags: ['garden'] });
  await world.deliver();
  const entry = { task_id: id, started_at: '2026-01-05T09:00:00Z', duration: 'PT2H' };
  await world.entries.createEntry(entry, me);
  await world.entries.startTimer({ task_id: id }, me);
  await world.tasks.deleteTask({ id }, world.context);
  await world.deliver();
  await expect(world.history.taskTime({ id }, me)).rejects.toMatchObject({ code: 'task_not_found' });
  const [told] = await world.told();
  expect(told).toMatchObject({ event: 'entry_created' });
  await world.trash.restoreFromTrash({ id }, world.context);
  await world.deliver();
  const { items } = await world.history.taskHistory({ id }, me);
  expect(items.map(({ from, to }) => [from, to])).toEqual([
    [null, 'in_progress'],
    ['in_progress', null],
    [null, 'in_progress'],
  ]);
  const time = await world.history.taskTime({ id }, me);
  expect(time.spans).toMatchObject([{ ended_at: items[1]?.at }, { started_at: items[2]?.at, ended_at: null }]);
  expect(time.entries).toHaveLength(2);
  // A deletion stops no timer.
  expect((await world.entries.getTimer(undefined, me)).entry).toMatchObject({ task_id: id, ended_at: null });

  await world.tasks.deleteTask({ id }, world.context);
  await world.trash.deleteFromTrash({ id }, world.context);
  await world.deliver();
  const [task] = await world.database.query('SELECT title, tags, status FROM time_tracking.task WHERE task_id = $1', [
    id,
  ]);
  expect(task).toEqual({ title: null, tags: ['garden'], status: null });
  const { items: entries } = await world.entries.findEntries({ task_id: id }, me);
  expect(entries).toHaveLength(2);
});
