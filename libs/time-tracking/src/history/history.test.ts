// What is shown of a task's history and time, on a real PostgreSQL.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { createTimeTrackingWorld, type TimeTrackingWorld } from '../../testing/time-tracking-world.js';

let world: TimeTrackingWorld;

beforeAll(async () => {
  world = await createTimeTrackingWorld();
});
afterAll(() => world?.end());

function limitedTo(...listIds: string[]): CallContext {
  return { ...world.context, principal: { ...world.context.principal, listIds } };
}

function elsewhere(): CallContext {
  return { ...world.context, principal: { ...world.context.principal, workspaceId: uuidv7() } };
}

test('the history of a task is shown from its creation on, page by page, in both directions', async () => {
  const { id } = await world.newTask();
  for (const status of ['in_progress', 'blocked', 'done'] as const) {
    await world.tasks.updateTask({ id, patch: { status } }, { ...world.context, requestId: `to ${status}` });
  }
  await world.deliver();
  const first = await world.history.taskHistory({ id, limit: 3, count: 'exact' }, world.context);
  expect(first.items).toMatchObject([
    { from: null, to: 'todo', version: 1, request_id: 'test' },
    { from: 'todo', to: 'in_progress', version: 2, request_id: 'to in_progress', actor: { kind: 'api_key' } },
    { from: 'in_progress', to: 'blocked', version: 3 },
  ]);
  expect(first.page.total).toBe(4);
  const cursor = first.page.next_cursor ?? '';
  const second = await world.history.taskHistory({ id, limit: 3, cursor, count: 'exact' }, world.context);
  expect(second.items.map(({ to }) => to)).toEqual(['done']);
  expect(second.page.next_cursor).toBeNull();
  const last = await world.history.findHistory({ task_id: id, order_dir: 'desc', limit: 1 }, world.context);
  expect(last.items).toMatchObject([{ to: 'done' }]);
});

test('a task of which nothing has been heard yet has no history, and one that never was is not found', async () => {
  const { id } = await world.newTask();
  expect((await world.history.taskHistory({ id }, world.context)).items).toEqual([]);
  await expect(world.history.taskHistory({ id: uuidv7() }, world.context)).rejects.toMatchObject({
    code: 'task_not_found',
  });
  await world.deliver();
  expect((await world.history.taskHistory({ id }, world.context)).items).toHaveLength(1);
});

test('a deleted task’s history is kept, and found by its id alone', async () => {
  const { id } = await world.newTask();
  await world.tasks.deleteTask({ id }, world.context);
  await world.deliver();
  await expect(world.history.taskHistory({ id }, world.context)).rejects.toMatchObject({ code: 'task_not_found' });
  await expect(world.history.taskTime({ id }, world.context)).rejects.toMatchObject({ code: 'task_not_found' });
  const { items } = await world.history.findHistory({ task_id: id }, world.context);
  expect(items).toMatchObject([{ from: null }, { from: 'todo', to: null, version: 2 }]);
});

test('nothing is shown beyond a workspace, or beyond the lists of a credential', async () => {
  const { id } = await world.newTask();
  const gone = await world.newTask();
  await world.tasks.deleteTask({ id: gone.id }, world.context);
  await world.deliver();
  const other = await world.newList();
  for (const context of [elsewhere(), limitedTo(other), limitedTo()]) {
    for (const ask of [
      world.history.taskHistory({ id }, context),
      world.history.taskTime({ id }, context),
      world.history.findHistory({ task_id: id }, context),
      world.history.findHistory({ task_id: gone.id }, context),
    ]) {
      await expect(ask).rejects.toMatchObject({ code: 'task_not_found' });
    }
  }
  expect((await world.history.findHistory({ task_id: gone.id }, limitedTo(world.list))).items).toHaveLength(2);
});

test('the time of a task is that of its spans, what runs counted until now, beside its estimate', async () => {
  const user = world.user();
  const { id } = await world.newTask({ estimated_duration: 'PT2H' });
  await world.deliver();
  await world.database.query(
    `INSERT INTO time_tracking.span (task_id, version, workspace_id, started_at, ended_at, actor_kind, actor_id) VALUES
       ($1, 2, $2, now() - interval '5 hours', now() - interval '4 hours', 'user', $3),
       ($1, 4, $2, now() - interval '30 minutes', NULL, 'api_key', 'robot')`,
    [id, world.workspace, user.principal.id],
  );
  await world.database.query(
    `INSERT INTO time_tracking.entry (id, workspace_id, user_id, task_id, started_at, ended_at, tags, billable, source, created_at, updated_at)
     VALUES (gen_random_uuid(), $1, $2, $3, now() - interval '10 minutes', now(), '{}', false, 'manual', now(), now())`,
    [world.workspace, user.principal.id, id],
  );
  const time = await world.history.taskTime({ id }, user);
  expect(time.worked).toMatch(/^PT1H30M/);
  expect(time).toMatchObject({ entered: 'PT10M', estimated: 'PT2H', worked_to_estimated: expect.closeTo(0.75, 2) });
  expect(time.spans).toMatchObject([{ duration: 'PT1H' }, { ended_at: null }]);
  expect(time.entries).toMatchObject([{ duration: 'PT10M', user_id: user.principal.id }]);
  expect(time.people).toMatchObject([
    { person: { kind: 'user', id: user.principal.id }, worked: 'PT1H', entered: 'PT10M' },
    { person: { kind: 'api_key', id: 'robot' }, entered: 'PT0S' },
  ]);
});
