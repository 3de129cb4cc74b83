// Timers of former members, on a real PostgreSQL, by events of auth.
import { expect, test } from '@jest/globals';
import type { CallContext } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import { entriesWorld, hoursAgo, worked } from '../../testing/entries-world.js';
import { markErased } from '../persistence/record-history.js';
import { noticeForgotten } from './notice-forgotten.js';
import type { Told } from '../../testing/time-tracking-world.js';

const world = entriesWorld();

/** A timer that has run since so many hours ago. */
async function running(user: CallContext, hours: number): Promise<string> {
  const body = await world().entries.startTimer({}, user);
  await world().database.query(
    'UPDATE time_tracking.entry SET started_at = $2, created_at = $2, updated_at = $2 WHERE id = $1',
    [body.id, hoursAgo(hours)],
  );
  return body.id;
}

function elsewhere(user: CallContext): CallContext {
  return { ...user, principal: { ...user.principal, workspaceId: uuidv7() } };
}

function left(user: CallContext, occurred_at: string): Told {
  const { id: user_id, workspaceId } = user.principal;
  const event = told('member_removed', uuidv7(), occurred_at);
  return Object.assign(event, { user_id, workspace_id: workspaceId });
}

function became(user: CallContext, role: string | undefined): Told {
  const { id: user_id, workspaceId } = user.principal;
  const event = told('member_updated', uuidv7(), hoursAgo(1));
  const changes = role === undefined ? {} : { role: { from: 'member', to: role } };
  return Object.assign(event, { user_id, workspace_id: workspaceId, changes });
}

function told(event: string, aggregate_id: string, occurred_at: string): Told {
  const subject = `events.auth.v1.${event}`;
  return { id: uuidv7(), subject, event, aggregate_id, version: 2, occurred_at, request_id: 'leaving', changes: {} };
}

test('who leaves a workspace ends the timer there when they left, and no other', async () => {
  const user = world().user();
  const [id, other, ofOthers] = [
    await running(user, 3),
    await running(elsewhere(user), 3),
    await running(world().user(), 3),
  ];
  await world().told();
  world().strangers.add(user.principal.id);
  const event = left(user, hoursAgo(1));
  await world().consume(event, event);
  expect(await world().entries.getEntry({ id }, world().context)).toMatchObject({
    started_at: hoursAgo(3),
    ended_at: hoursAgo(1),
    version: 2,
  });
  expect(await world().told()).toMatchObject([
    {
      event: 'timer_stopped',
      aggregate_id: id,
      version: 2,
      user_id: user.principal.id,
      actor: { kind: 'system', id: 'time-tracking' },
      origin: 'system',
      request_id: 'leaving',
      changes: { ended_at: { from: null, to: hoursAgo(1) } },
    },
  ]);
  const stillRun = await world().database.query<{ id: string }>(
    'SELECT id FROM time_tracking.entry WHERE ended_at IS NULL ORDER BY id',
  );
  expect(stillRun.map((row) => row.id)).toEqual([other, ofOthers].toSorted());
});

test('who may only look on from then on has no timer any more; who changes to another role has', async () => {
  const [viewer, admin] = [world().user(), world().user()];
  const [id, other] = [await running(viewer, 3), await running(admin, 3)];
  await world().consume(became(viewer, 'viewer'), became(admin, 'admin'), became(admin, undefined));
  expect(await world().entries.getEntry({ id }, viewer)).toMatchObject({ ended_at: hoursAgo(1), version: 2 });
  expect(await world().entries.getEntry({ id: other }, admin)).toMatchObject({ ended_at: null });
});

test('who is back keeps the timer that they started since; who is not, none', async () => {
  const user = world().user();
  const id = await running(user, 1);
  await world().consume(left(user, hoursAgo(2)));
  expect(await world().entries.getEntry({ id }, user)).toMatchObject({ ended_at: null });
  world().strangers.add(user.principal.id);
  await world().consume(left(user, hoursAgo(2)));
  expect(await world().entries.getEntry({ id }, user)).toMatchObject({ ended_at: hoursAgo(1), duration: 'PT0S' });
});

test('a timer that was started after the departure is stopped when it seems forgotten, and has taken no time', async () => {
  const [gone, member] = [world().user(), world().user()];
  const [id, other] = [await running(gone, 20), await running(member, 20)];
  world().strangers.add(gone.principal.id);
  await world().told();
  await noticeForgotten(world().database, world().signal);
  const told = (await world().told()) as unknown as Told[];
  expect(told.filter(({ event }) => event === 'timer_forgotten').length).toBeGreaterThanOrEqual(2);
  await world().consume(...told);
  expect(await world().entries.getEntry({ id }, gone)).toMatchObject({ ended_at: hoursAgo(20), duration: 'PT0S' });
  expect(await world().entries.getEntry({ id: other }, member)).toMatchObject({ ended_at: null });
});

test('what has been closed since they left stays closed', async () => {
  const user = world().user();
  const id = await running(user, 5);
  await world().entries.lockPeriod({ locked_until: hoursAgo(2) }, world().context);
  await world().consume(left(user, hoursAgo(3)));
  expect(await world().entries.getEntry({ id }, user)).toMatchObject({
    started_at: hoursAgo(5),
    ended_at: hoursAgo(2),
  });
});

test('who deletes their account ends all of their timers; entries stay', async () => {
  const user = world().user();
  const abroad = elsewhere(user);
  const entry = await worked(world(), user, 9, 8);
  const ids = [await running(user, 3), await running(abroad, 2)];
  const event = told('account_deleted', user.principal.id, hoursAgo(1));
  await world().consume(event, event);
  const { entries } = world();
  expect(await entries.getEntry({ id: ids[0] ?? '' }, user)).toMatchObject({ ended_at: hoursAgo(1), version: 2 });
  expect(await entries.getEntry({ id: ids[1] ?? '' }, abroad)).toMatchObject({ ended_at: hoursAgo(1), version: 2 });
  expect(await entries.getEntry({ id: entry.id }, user)).toEqual(entry);
});

test('a workspace that goes with the account holds up no other timer', async () => {
  const user = world().user();
  const gone = elsewhere(user);
  await running(gone, 3);
  const id = await running(user, 2);
  await world().database.transaction((on) => markErased(on, gone.principal.workspaceId));
  await world().consume(told('account_deleted', user.principal.id, hoursAgo(1)));
  expect(await world().entries.getEntry({ id }, user)).toMatchObject({ ended_at: hoursAgo(1) });
});

test('with the last member’s account the workspace’s time goes', async () => {
  const user = elsewhere(world().user());
  await running(user, 3);
  await worked(world(), user, 9, 8);
  const { id, workspaceId } = user.principal;
  await world().consume(Object.assign(told('account_deleted', id, hoursAgo(1)), { workspace_ids: [workspaceId] }));
  const rows = await world().database.query('SELECT FROM time_tracking.entry WHERE workspace_id = $1', [workspaceId]);
  expect(rows).toEqual([]);
});
