// Filling the history from the log of tasks, on a real PostgreSQL.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keptHistory } from '../../testing/kept-history.js';
import { createTimeTrackingWorld, type TimeTrackingWorld } from '../../testing/time-tracking-world.js';
import { eraseWorkspace } from './erase-workspace.js';
import { rebuildSome, requestRebuild } from './rebuild.js';

let world: TimeTrackingWorld;

beforeEach(async () => {
  world = await createTimeTrackingWorld();
});
afterEach(() => world?.end());

async function rebuild(pageSize?: number): Promise<void> {
  const log = {
    transitions: (input: object) => world.log.transitions({ ...input, ...(pageSize && { limit: pageSize }) }),
  };
  while (await rebuildSome(world.database, world.signal, log));
}

async function live(): Promise<void> {
  for (let number = 0; number < 5; number += 1) {
    const { id } = await world.newTask({ title: `Bed ${number}`, tags: ['garden'], estimated_duration: 'PT1H' });
    for (const status of ['in_progress', 'blocked', 'in_progress', 'done'] as const) {
      await world.tasks.updateTask({ id, patch: { status } }, world.context);
    }
    if (number % 2 === 0)
      await world.tasks.updateTask({ id, patch: { title: `Bed ${number}, dug`, tags: [] } }, world.context);
    if (number >= 3) await world.tasks.deleteTask({ id }, world.context);
    if (number === 3) await world.trash.deleteFromTrash({ id }, world.context);
  }
}

test('a rebuild ends equal to what was heard, from nothing and from what is there', async () => {
  await live();
  await world.deliver();
  const heard = await keptHistory(world.database);
  await rebuild();
  expect(await keptHistory(world.database)).toEqual(heard);
  await world.database.query('TRUNCATE time_tracking.task, time_tracking.transition, time_tracking.span');
  await requestRebuild(world.database);
  await rebuild(7);
  expect(await keptHistory(world.database)).toEqual(heard);
});

test('tasks older than the module are filled in without anybody asking, also while events come', async () => {
  await live();
  const events = await world.take();
  await Promise.all([rebuild(3), world.consumeTogether(events.slice(10).toReversed())]);
  const filled = await keptHistory(world.database);
  await world.consume(...events);
  expect(await keptHistory(world.database)).toEqual(filled);
  expect(filled.transitions).toHaveLength(27);
});

test('what was altered is mended, and its durations are told again', async () => {
  await live();
  await world.deliver();
  const heard = await keptHistory(world.database);
  await world.told();
  await world.database.query(
    `UPDATE time_tracking.transition SET to_status = 'done', occurred_at = now() WHERE version = 2`,
  );
  await world.database.query(`UPDATE time_tracking.span SET ended_at = ended_at + interval '1 hour' WHERE version = 2`);
  await world.database.query(`UPDATE time_tracking.task SET title = title || ' nonsense', worked_ms = 123456789`);
  await rebuild();
  expect(await keptHistory(world.database)).toEqual(heard);
  expect(await world.told()).toHaveLength(5);
});

test('after a loss, durations are told above what was told before', async () => {
  const { id } = await world.newTask({ status: 'in_progress' });
  for (const status of ['todo', 'in_progress', 'done'] as const)
    await world.tasks.updateTask({ id, patch: { status } }, world.context);
  // The latest first: each is told as it comes.
  for (const event of (await world.take()).toReversed()) await world.consume(event);
  const before = await world.told();
  await world.database.query('TRUNCATE time_tracking.task, time_tracking.transition, time_tracking.span');
  await rebuild();
  await world.told();
  for (const status of ['in_progress', 'todo'] as const)
    await world.tasks.updateTask({ id, patch: { status } }, world.context);
  await world.deliver();
  const after = await world.told();
  expect(after).toHaveLength(1);
  expect(after[0]?.version).toBeGreaterThan(Math.max(...before.map(({ version }) => version)));
});

test('who takes over goes on where the one before has come', async () => {
  await live();
  const asked: (string | undefined)[] = [];
  const broken = {
    transitions: (input: { after?: string }) => {
      asked.push(input.after);
      if (asked.length === 3) throw new Error('The node dies.');
      return world.log.transitions({ ...input, limit: 5 });
    },
  };
  await expect(
    (async () => {
      while (await rebuildSome(world.database, world.signal, broken));
    })(),
  ).rejects.toThrow('The node dies.');
  const [before] = await world.database.query<{ cursor: string }>('SELECT cursor FROM time_tracking.rebuild');
  expect(before?.cursor).toBe(asked[2]);
  await rebuild();
  const [after] = await world.database.query(
    'SELECT transitions::int, finished_at IS NOT NULL AS ended FROM time_tracking.rebuild',
  );
  expect(after).toEqual({ transitions: 27, ended: true });
});

test('of an erased workspace nothing stays, and nothing comes back by what is heard late', async () => {
  await live();
  const events = await world.take();
  await world.consume(...events.slice(0, 12));
  await Promise.all([eraseWorkspace(world.database, world.workspace), world.consumeTogether(events.slice(6))]);
  await world.consume(...events);
  expect(await keptHistory(world.database)).toEqual({ transitions: [], spans: [], tasks: [] });
  await eraseWorkspace(world.database, world.workspace);
});

test('the history of a task that was deleted before tasks kept what it was is shown to who reaches everything', async () => {
  const { id } = await world.newTask();
  await world.tasks.deleteTask({ id }, world.context);
  await world.take();
  await world.database.query('UPDATE tasks.status_transition SET last_facts = NULL');
  await rebuild();
  const { items } = await world.history.findHistory({ task_id: id }, world.context);
  expect(items).toMatchObject([{ from: null }, { from: 'todo', to: null }]);
  await expect(world.history.taskHistory({ id }, world.context)).rejects.toMatchObject({ code: 'task_not_found' });
  const limited = { ...world.context, principal: { ...world.context.principal, listIds: [world.list] } };
  await expect(world.history.findHistory({ task_id: id }, limited)).rejects.toMatchObject({ code: 'task_not_found' });
});
