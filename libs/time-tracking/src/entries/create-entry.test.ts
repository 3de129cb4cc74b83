// Writing time down, on a real PostgreSQL: whose it is, of which task, and what is told of it.
import { describe, expect, test } from '@jest/globals';
import type { CallContext } from '@mono/contract';
import { callOperation } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { entriesOperations, type TimeEntry } from '../../contract/index.js';
import { entriesWorld, hoursAgo, keyed, limited, stored, worked } from '../../testing/entries-world.js';

const world = entriesWorld();

/** With the word whether the answer is that of an earlier call. */
function make(input: object, call: CallContext): Promise<{ body: TimeEntry; replayed: boolean }> {
  const answer = callOperation(world().bus, entriesOperations.createEntry, input, call);
  return answer as Promise<{ body: TimeEntry; replayed: boolean }>;
}

test('an entry is as it was written, and told of', async () => {
  const user = world().user();
  const task = await world().newTask();
  const input = {
    task_id: task.id.toUpperCase(),
    started_at: hoursAgo(3).replace('Z', '+00:00'),
    duration: 'PT1H30M',
    note: 'Repotted the ferns',
    tags: ['on site', 'Ünïcode'],
    billable: true,
  };
  const { body, replayed } = await make(input, user);
  expect(replayed).toBe(false);
  expect(body).toMatchObject({
    user_id: user.principal.id,
    task_id: task.id,
    started_at: hoursAgo(3),
    ended_at: hoursAgo(1.5),
    duration: 'PT1H30M',
    rounded_duration: null,
    note: 'Repotted the ferns',
    tags: ['on site', 'Ünïcode'],
    billable: true,
    source: 'manual',
    overlaps: [],
    version: 1,
    updated_at: body.created_at,
  });
  expect(await world().entries.getEntry({ id: body.id }, world().user('viewer'))).toEqual(body);
  expect(await world().told()).toEqual([
    {
      id: expect.any(String),
      subject: 'events.time-tracking.v1.entry_created',
      event: 'entry_created',
      aggregate: 'entry',
      aggregate_id: body.id,
      user_id: user.principal.id,
      workspace_id: world().workspace,
      version: 1,
      occurred_at: body.created_at,
      actor: { kind: 'user', id: user.principal.id },
      request_id: 'test',
      origin: 'user',
      source: '127.0.0.1',
      changes: {
        user_id: { from: null, to: user.principal.id },
        task_id: { from: null, to: task.id },
        started_at: { from: null, to: hoursAgo(3) },
        ended_at: { from: null, to: hoursAgo(1.5) },
        note: { from: null, to: 'Repotted the ferns' },
        tags: { from: null, to: ['on site', 'Ünïcode'] },
        billable: { from: null, to: true },
      },
    },
  ]);
});

describe('whose it is', () => {
  test.each(['admin', 'owner'] as const)('an %s writes for others', async (role) => {
    const other = world().user().principal.id;
    const entry = await worked(world(), world().user(role), 2, 1, { user_id: other.toUpperCase() });
    expect(entry.user_id).toBe(other);
  });

  test('a member writes for themselves alone', async () => {
    const user = world().user();
    expect((await worked(world(), user, 2, 1, { user_id: user.principal.id.toUpperCase() })).user_id).toBe(
      user.principal.id,
    );
    const before = await stored(world());
    const other = worked(world(), user, 2, 1, { user_id: world().user().principal.id });
    await expect(other).rejects.toMatchObject({ kind: 'forbidden', code: 'forbidden' });
    expect(await stored(world())).toEqual(before);
  });

  test('a key names somebody of the workspace', async () => {
    const { context, strangers } = world();
    const [somebody, stranger] = [uuidv7(), uuidv7()];
    strangers.add(stranger);
    expect((await worked(world(), context, 2, 1, { user_id: somebody })).user_id).toBe(somebody);
    await expect(worked(world(), context, 2, 1)).rejects.toMatchObject({
      code: 'validation_error',
      details: [{ field: 'user_id', issue: expect.any(String) }],
    });
    const of = worked(world(), context, 2, 1, { user_id: stranger });
    await expect(of).rejects.toMatchObject({ kind: 'not_found', code: 'member_not_found' });
    expect(await stored(world())).toHaveLength(1);
  });
});

describe('of which task', () => {
  test('of none that is not there, or that another workspace has', async () => {
    const nowhere = worked(world(), world().user(), 2, 1, { task_id: uuidv7() });
    await expect(nowhere).rejects.toMatchObject({ kind: 'not_found', code: 'task_not_found' });
    const task = await world().newTask();
    const user = world().user();
    const abroad = { ...user, principal: { ...user.principal, workspaceId: uuidv7() } };
    await expect(worked(world(), abroad, 2, 1, { task_id: task.id })).rejects.toMatchObject({ code: 'task_not_found' });
    expect(await stored(world())).toEqual([]);
  });

  test('an entry stays when its task is deleted', async () => {
    const task = await world().newTask();
    const entry = await worked(world(), world().user(), 2, 1, { task_id: task.id });
    await world().tasks.deleteTask({ id: task.id }, world().context);
    await world().deliver();
    expect(await world().entries.getEntry({ id: entry.id }, world().user())).toEqual(entry);
  });
});

describe('a key that is limited to lists', () => {
  test('writes of tasks in them alone', async () => {
    const [within, beyond] = [await world().newTask(), await world().newTask({ list_id: await world().newList() })];
    const key = limited(world().context, world().list);
    const user_id = uuidv7();
    const entry = await worked(world(), key, 2, 1, { user_id, task_id: within.id });
    expect(entry.task_id).toBe(within.id);
    await expect(worked(world(), key, 2, 1, { user_id })).rejects.toMatchObject({ code: 'forbidden' });
    const outside = worked(world(), key, 2, 1, { user_id, task_id: beyond.id });
    await expect(outside).rejects.toMatchObject({ code: 'task_not_found' });
    expect(await stored(world())).toHaveLength(1);
  });

  test('sees and touches those alone', async () => {
    const { context, entries, list } = world();
    const [within, beyond] = [await world().newTask(), await world().newTask({ list_id: await world().newList() })];
    await world().deliver();
    const user_id = uuidv7();
    const seen = await worked(world(), context, 2, 1, { user_id, task_id: within.id });
    const hidden = [
      await worked(world(), context, 2, 1, { user_id, task_id: beyond.id }),
      await worked(world(), context, 2, 1, { user_id }),
    ];
    const key = limited(context, list);
    const before = await stored(world());
    for (const { id } of hidden) {
      await expect(entries.getEntry({ id }, key)).rejects.toMatchObject({ code: 'entry_not_found' });
      await expect(entries.updateEntry({ id, patch: { note: 'x' } }, key)).rejects.toMatchObject({
        code: 'entry_not_found',
      });
      await expect(entries.deleteEntry({ id }, key)).rejects.toMatchObject({ code: 'entry_not_found' });
    }
    await expect(entries.updateEntry({ id: seen.id, patch: { task_id: null } }, key)).rejects.toMatchObject({
      code: 'forbidden',
    });
    const moved = entries.updateEntry({ id: seen.id, patch: { task_id: beyond.id } }, key);
    await expect(moved).rejects.toMatchObject({ code: 'task_not_found' });
    expect(await stored(world())).toEqual(before);
    const page = await entries.findEntries({ count: 'exact' }, key);
    expect(page.items.map(({ id }) => id)).toEqual([seen.id]);
    expect(page.page.total).toBe(1);
    expect(await entries.updateEntry({ id: seen.id, patch: { note: 'x' } }, key)).toMatchObject({
      note: 'x',
      version: 2,
    });
    await entries.deleteEntry({ id: seen.id }, key);
    expect(await stored(world())).toHaveLength(2);
  });
});

describe('an Idempotency-Key', () => {
  test('makes a repeat the same answer, also when its task has been deleted', async () => {
    const task = await world().newTask();
    const user = keyed(world().user(), 'k');
    const first = await make({ task_id: task.id, started_at: hoursAgo(2), duration: 'PT1H' }, user);
    await world().tasks.deleteTask({ id: task.id }, world().context);
    const again = await make({ task_id: task.id, started_at: hoursAgo(2), duration: 'PT1H' }, user);
    expect(again).toEqual({ body: first.body, replayed: true });
    expect(await stored(world())).toHaveLength(1);
    expect((await world().told()).map(({ event }) => event)).toEqual(['entry_created']);
    const other = world().entries.createEntry({ started_at: hoursAgo(2), duration: 'PT2H' }, user);
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  test('is free again after a refusal, and shows nothing to a caller who has been limited since', async () => {
    const key = keyed(world().context, 'k');
    await expect(worked(world(), key, 2, 1, { task_id: uuidv7() })).rejects.toMatchObject({ code: 'validation_error' });
    const user_id = uuidv7();
    await worked(world(), key, 2, 1, { user_id });
    const since = worked(world(), limited(key, world().list), 2, 1, { user_id });
    await expect(since).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });
});

test('of a workspace that is being erased nothing is written', async () => {
  const user = world().user();
  const gone = { ...user, principal: { ...user.principal, workspaceId: uuidv7() } };
  await world().database.query('INSERT INTO time_tracking.erased_workspace (workspace_id) VALUES ($1)', [
    gone.principal.workspaceId,
  ]);
  await expect(worked(world(), gone, 2, 1)).rejects.toMatchObject({ kind: 'not_found', code: 'workspace_not_found' });
  await expect(world().entries.startTimer({}, gone)).rejects.toMatchObject({ code: 'workspace_not_found' });
  expect(await stored(world())).toEqual([]);
});
