// The changes that each caller sees.
import { randomUUID } from 'node:crypto';
import type { Principal } from '@mono/contract';
import { callerIn, ChangesWorld } from '../../testing/changes-world.js';

const [A, B, C] = [randomUUID(), randomUUID(), randomUUID()];
let world: ChangesWorld;
let workspace: string;

beforeAll(async () => {
  world = await ChangesWorld.open();
});
beforeEach(() => {
  workspace = randomUUID();
});
afterAll(() => world?.close());

function ownOnly(id: string): Partial<Principal> {
  return { kind: 'user', id, scopes: ['garden:read'], ownOnly: ['garden:read'] };
}

async function seenBy(more: Partial<Principal>, query: { list_id?: string; types?: string[] } = {}) {
  const principal = callerIn(workspace, more);
  // A token of the time before everything.
  const { next_token: since } = await world.find(workspace, query);
  return async () => {
    const { items } = await world.find(workspace, { since, ...query }, { principal });
    return items.map(({ type, change, list_id }) => [type, change, list_id]);
  };
}

test('a caller sees the things of its scopes only', async () => {
  const reader = await seenBy({ scopes: ['garden:read'] });
  const nobody = await seenBy({ scopes: ['tasks:read'] });
  const all = await seenBy({});
  await world.append(workspace, { type: 'plant' }, { type: 'gardener' }, { type: 'secret' });
  expect((await reader()).map(([type]) => type)).toEqual(['plant', 'gardener']);
  expect((await nobody()).map(([type]) => type)).toEqual(['gardener']);
  expect((await all()).map(([type]) => type)).toEqual(['plant', 'gardener', 'secret']);
});

test('a user sees their own things, and nobody else does', async () => {
  const id = randomUUID();
  const owner = await seenBy({ kind: 'user', id, scopes: [] });
  const other = await seenBy({ kind: 'user', id: randomUUID(), scopes: ['*'] });
  const key = await seenBy({ scopes: ['*'] });
  await world.append(workspace, { type: 'diary', aggregate_id: id });
  expect([await owner(), await other(), await key()]).toEqual([[['diary', 'updated', null]], [], []]);
});

test('a caller that reads its own things only sees no changes of those of others, by pages and within lists', async () => {
  const [ada, bob] = [randomUUID(), randomUUID()];
  const own = await seenBy(ownOnly(ada));
  const ofList = await seenBy(ownOnly(ada), { list_id: A });
  const limited = await seenBy({ ...ownOnly(ada), listIds: [B] });
  const otherScope = await seenBy({ ...ownOnly(ada), ownOnly: ['other:read'] });
  const key = await seenBy({});
  await world.append(
    workspace,
    { type: 'shift', kind: 'created', list_id: A, user_id: ada },
    { type: 'shift', kind: 'created', list_id: A, user_id: bob },
    { type: 'shift', kind: 'deleted', list_id: B, user_id: bob },
    { type: 'shift', list_id: B },
    { type: 'plant', list_id: B },
  );
  expect(await own()).toEqual([
    ['shift', 'created', A],
    ['plant', 'updated', B],
  ]);
  expect(await ofList()).toEqual([['shift', 'created', A]]);
  expect(await limited()).toEqual([['plant', 'updated', B]]);
  expect([(await otherScope()).length, (await key()).length]).toEqual([5, 5]);
});

test('a thing of a user appears for others when it is shared, and disappears when it becomes personal', async () => {
  const id = randomUUID();
  const owner = await seenBy({ kind: 'user', id, scopes: [] });
  const other = await seenBy({ kind: 'user', id: randomUUID(), scopes: ['*'] });
  const key = await seenBy({ scopes: ['*'], listIds: [A] });
  const ofList = await seenBy({ kind: 'user', id, scopes: ['*'] }, { list_id: A });
  await world.append(
    workspace,
    { type: 'note', kind: 'created', visible_to: id },
    { type: 'note', visible_to: id },
    { type: 'note', visible_to: null, previously_visible_to: id },
    { type: 'note', visible_to: null },
    { type: 'note', visible_to: id, previously_visible_to: null },
    { type: 'note', kind: 'deleted', visible_to: id },
    { type: 'note', kind: 'deleted', visible_to: null },
  );
  const [created, updated, deleted] = ['created', 'updated', 'deleted'].map((change) => ['note', change, null]);
  expect(await owner()).toEqual([created, updated, updated, updated, updated, deleted, deleted]);
  const seen = [created, updated, deleted, deleted];
  expect([await other(), await key(), await ofList()]).toEqual([seen, seen, []]);
});

describe('a caller that is limited to lists', () => {
  const moved = { changes: { list_id: { from: A, to: B } }, list_id: B } as const;

  test('sees the changes in them only', async () => {
    const limited = await seenBy({ listIds: [A] });
    await world.append(
      workspace,
      { kind: 'created', changes: { list_id: { from: null, to: A } } },
      { list_id: A },
      { list_id: B },
      { list_id: null },
      {},
      { kind: 'deleted', changes: { list_id: { from: A, to: null } } },
      { kind: 'deleted', list_id: B },
      { type: 'bed', aggregate_id: A },
      { type: 'bed', aggregate_id: B },
      { type: 'gardener' },
      { type: 'secret' },
    );
    expect(await limited()).toEqual([
      ['plant', 'created', A],
      ['plant', 'updated', A],
      ['plant', 'deleted', A],
      ['bed', 'updated', A],
      ['gardener', 'updated', null],
    ]);
  });

  test('sees what leaves them as deleted, without the fields, and what enters them as created', async () => {
    const [ofA, ofB, ofC, ofBoth] = [
      await seenBy({ listIds: [A] }),
      await seenBy({ listIds: [B] }),
      await seenBy({ listIds: [C] }),
      await seenBy({ listIds: [A, B] }),
    ];
    await world.append(workspace, moved);
    expect([await ofA(), await ofB(), await ofC(), await ofBoth()]).toEqual([
      [['plant', 'deleted', A]],
      [['plant', 'created', B]],
      [],
      [['plant', 'updated', B]],
    ]);
  });

  test('is told no fields of what left its lists', async () => {
    const { next_token: since } = await world.find(workspace);
    await world.append(workspace, moved);
    const call = { principal: callerIn(workspace, { listIds: [A] }) };
    const { items } = await world.find(workspace, { since }, call);
    expect(items).toEqual([expect.objectContaining({ fields: [], list_id: A })]);
    expect(JSON.stringify(items)).not.toContain(B);
  });

  test('ends with the last version, whatever the order of arrival', async () => {
    const id = randomUUID();
    const { next_token: since } = await world.find(workspace);
    await world.append(workspace, {
      aggregate_id: id,
      version: 3,
      changes: { list_id: { from: B, to: A } },
      list_id: A,
    });
    await world.append(workspace, { aggregate_id: id, version: 2, ...moved });
    const call = { principal: callerIn(workspace, { listIds: [A] }) };
    const { items } = await world.find(workspace, { since, collapse: 'true' }, call);
    expect(items).toEqual([expect.objectContaining({ change: 'created', version: 3, list_id: A })]);
  });

  test('sees no more by naming another list', async () => {
    const beyond = await seenBy({ listIds: [A] }, { list_id: B });
    const within = await seenBy({ listIds: [A, C] }, { list_id: A });
    await world.append(workspace, { list_id: A }, { list_id: B }, { list_id: C }, { type: 'gardener' });
    expect([await beyond(), await within()]).toEqual([[], [['plant', 'updated', A]]]);
  });
});

test('a caller that follows a list sees it, what is in it, and what leaves it', async () => {
  const list = await seenBy({}, { list_id: A });
  await world.append(
    workspace,
    { type: 'bed', aggregate_id: A },
    { list_id: B },
    { changes: { list_id: { from: A, to: B } }, list_id: B },
    { list_id: A, previous_list_id: B },
    { type: 'secret' },
  );
  expect(await list()).toEqual([
    ['bed', 'updated', A],
    ['plant', 'deleted', A],
    ['plant', 'created', A],
  ]);
});
