// Changes pushed over NATS, with two nodes on a real NATS and PostgreSQL.
import { randomUUID } from 'node:crypto';
import type { Principal } from '@mono/contract';
import type { FollowClient } from '../../../../test/support/follow-client.ts';
import { until } from '../../../../test/support/until.ts';
import type { FollowedChanges } from '../../contract/index.js';
import { callerIn } from '../../testing/changes-world.js';
import { FollowWorld } from '../../testing/follow-world.js';

const [A, B] = [randomUUID(), randomUUID()];
let world: FollowWorld;
let workspace: string;
const running: { stop: AbortController; done: Promise<unknown> }[] = [];

beforeAll(async () => {
  world = await FollowWorld.open('robot', 'victim', 'spy');
  for (let node = 0; node < 2; node += 1) await world.startNode();
});
beforeEach(() => {
  workspace = randomUUID();
});
afterEach(async () => {
  for (const { stop } of running) stop.abort();
  for (const { done } of running.splice(0)) await done.catch(() => undefined);
});
afterAll(() => world?.close());

/** @returns when the client ends, with its error. */
function run(client: FollowClient): Promise<unknown> {
  const stop = new AbortController();
  const done = client.follow(stop.signal).catch((error: unknown) => error);
  running.push({ stop, done });
  return done;
}

async function token(): Promise<string> {
  return (await world.feed.find(workspace)).next_token;
}

function idsOf(changes: readonly { id: string }[]): string[] {
  return changes.map(({ id }) => id);
}

test('a client that gets a token, lists, and follows from the token receives each later change once', async () => {
  const since = await token();
  const before = await world.append(workspace, {}, {});
  const { client, received } = await world.client(workspace, { since });
  void run(client);
  await until('it has the changes since its token', () => received.length === 2);
  const after = await world.append(workspace, {}, {}, {});
  await until('it has the later ones', () => received.length === 5);
  expect(idsOf(received)).toEqual([...before, ...after]);
  expect([client.lease, client.losses]).toEqual([1, 0]);
});

test('without a token it receives what comes after the call', async () => {
  await world.append(workspace, {});
  const { client, received } = await world.client(workspace);
  void run(client);
  await until('the lease is granted', () => client.granted === 1);
  const ids = await world.append(workspace, {});
  await until('it has the change', () => received.length === 1);
  expect(idsOf(received)).toEqual(ids);
});

test('a lease ends with its credit, and the next one goes on without a gap or a repeat', async () => {
  const since = await token();
  const ids: string[] = [];
  for (let batch = 0; batch < 5; batch += 1)
    ids.push(...(await world.append(workspace, ...Array.from({ length: 500 }, () => ({})))));
  const { client, received } = await world.client(workspace, { since });
  void run(client);
  await until('it has all', () => received.length >= ids.length);
  expect(idsOf(received)).toEqual(ids);
  expect(client.ends).toEqual(['credit_used', 'credit_used']);
});

test('heartbeats come while nothing changes, and advance past changes that the client does not see', async () => {
  const since = await token();
  const { client, connection } = await world.client(workspace, { since, rights: { scopes: ['garden:read'] } });
  const messages: FollowedChanges[] = [];
  connection.subscribe(client.subject, { callback: (_error, message) => void messages.push(message.json()) });
  void run(client);
  await until('a heartbeat came', () => messages.length > 0);
  await world.append(workspace, { type: 'secret' });
  const now = await token();
  await until('a heartbeat has the current token', () => messages.at(-1)?.next_token === now);
  expect(messages.every(({ items, end }) => items.length === 0 && end === null)).toBe(true);
  await until('the client has it', () => client.token === now);
});

test('whichever node grants the next lease, the one before ends everywhere', async () => {
  const { client, received, connection } = await world.client(workspace, { since: await token() });
  const ends: (string | undefined)[] = [];
  connection.subscribe(client.subject, {
    callback: (_error, message) => {
      const { end } = message.json<FollowedChanges>();
      if (end) ends.push(end.code);
    },
  });
  for (client.lease = 1; client.lease <= 10; client.lease += 1) expect((await client.call()).status).toBe(200);
  await until('the others have ended', () => ends.length === 9);
  expect(new Set(ends)).toEqual(new Set(['taken_over']));
  expect(world.leasesOf(client.subject)).toBe(1);
  void run(client);
  const ids = await world.append(workspace, {});
  await until('it has the change', () => received.length > 0);
  expect(idsOf(received)).toEqual(ids);
});

test('a lower lease than the one that runs is refused, if its node gets the call', async () => {
  const { client } = await world.client(workspace);
  client.lease = 7;
  await client.call();
  client.lease = 6;
  const refused = await until('the node that pushes gets the call', async () => {
    const answer = await client.call();
    return answer.status !== 200 && answer;
  });
  expect(refused.error).toMatchObject({ code: 'validation_error', details: [{ field: 'lease' }] });
});

test('a node that stops says so, and the client goes on at another one', async () => {
  const node = await world.startNode();
  world.nodes.pop();
  const { client, received } = await until('a client is served by that node', async () => {
    const one = await world.client(workspace, { since: await token() });
    void run(one.client);
    await until('its lease is granted', () => one.client.granted === 1);
    return node.follows.pushesTo(one.client.subject) && one;
  });
  const before = await world.append(workspace, {});
  await until('it has the change', () => received.length === 1);
  await node.stop();
  const after = await world.append(workspace, {});
  await until('it has the next one', () => received.length === 2);
  expect(idsOf(received)).toEqual([...before, ...after]);
  expect([client.ends, client.losses]).toEqual([['stopping'], 0]);
});

describe('a client', () => {
  test('receives nothing at the subject of another user, and cannot push to it', async () => {
    const victim = await world.client(workspace, { user: 'victim', since: await token() });
    const heard: string[] = [];
    victim.connection.subscribe('push.victim.>', { callback: (_error, message) => void heard.push(message.subject) });
    await victim.connection.flush();
    const spy = await world.client(workspace, { user: 'spy', since: await token() });
    const forged = { 'Nats-Request-Info': JSON.stringify({ acc: 'CLIENTS', user: 'victim' }) };
    spy.client.lease = 1;
    const body = { follow_id: victim.client.id };
    expect((await spy.client.call(body, forged)).lease.subject).toBe(`push.spy.${victim.client.id}`);
    // The lease of the victim is another one, though it has the same id.
    victim.client.lease = 1;
    expect((await victim.client.call()).lease.subject).toBe(`push.victim.${victim.client.id}`);
    await world.append(workspace, {});
    await until('the victim has the change', () => heard.length > 0);
    expect(new Set(heard)).toEqual(new Set([victim.client.subject]));
  });

  test('whose credential is revoked receives the end, and nothing more', async () => {
    const { client, received, key } = await world.client(workspace, { since: await token() });
    const ended = run(client);
    await world.append(workspace, {});
    await until('it follows', () => received.length === 1);
    world.keys.valid.delete(key);
    expect(await ended).toMatchObject({ message: expect.stringContaining('no longer valid') });
    await until('the lease has ended', () => client.ends.includes('revoked'));
    expect((await client.call()).status).toBe(401);
  });

  test('receives by its rights at the time of the change, not by those of the call', async () => {
    const { client, received, key } = await world.client(workspace, { since: await token() });
    const principal = world.keys.valid.get(key) as Principal;
    void run(client);
    await world.append(workspace, { type: 'secret' });
    await until('it follows', () => received.length === 1);
    world.keys.valid.set(key, callerIn(workspace, { id: principal.id, scopes: ['garden:read'] }));
    await world.append(workspace, { type: 'secret' });
    await world.append(workspace, { type: 'plant' });
    await until('it has the plant', () => received.length === 2);
    expect(received.map(({ type }) => type)).toEqual(['secret', 'plant']);
  });

  test('receives the changes of its own things only, once its rights say so', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    const rights = { kind: 'user', id, scopes: ['garden:read'] } as const;
    const { client, received, key } = await world.client(workspace, { since: await token(), rights });
    void run(client);
    await world.append(workspace, { type: 'shift', user_id: other });
    await until('it follows', () => received.length === 1);
    world.keys.valid.set(key, callerIn(workspace, { ...rights, ownOnly: ['garden:read'] }));
    await world.append(workspace, { type: 'shift', user_id: other });
    const [own] = await world.append(workspace, { type: 'shift', user_id: id });
    await until('it has its own', () => received.length === 2);
    expect(idsOf(received).at(-1)).toBe(own);
  });

  test('that is limited to a list receives its changes only', async () => {
    const { client, received } = await world.client(workspace, { since: await token(), rights: { listIds: [A] } });
    void run(client);
    await world.append(
      workspace,
      { list_id: B },
      { list_id: B, changes: { list_id: { from: A, to: B } } },
      { list_id: A },
    );
    await until('it has them', () => received.length === 2);
    expect(received.map(({ change, list_id }) => [change, list_id])).toEqual([
      ['deleted', A],
      ['updated', A],
    ]);
  });

  test('has so many leases per credential and node', async () => {
    const node = await world.startNode({ CHANGES_MAX_FOLLOWS_PER_CREDENTIAL: 2 });
    const { client } = await world.client(workspace);
    client.lease = 1;
    const statuses = new Set<number>();
    await until('the limited node refuses', async () => {
      const { status, error } = await client.call({ follow_id: randomUUID() });
      statuses.add(status);
      return status === 429 && error.message.includes('this credential');
    });
    expect(statuses).toEqual(new Set([200, 429]));
    expect(node.follows.count).toBe(2);
  });

  test.each([
    [{ follow_id: 'mine' }, 422, 'follow_id'],
    [{ follow_id: undefined }, 422, 'follow_id'],
    [{ lease: 0 }, 422, 'lease'],
    [{ since: 'garbage' }, 422, 'since'],
    [{ types: ['weed'] }, 422, 'types'],
    [{ inbox: '_INBOX_robot.x' }, 422, 'inbox'],
    [{ wait: 'PT1S' }, 422, 'wait'],
  ])('that sends %j gets an error that names the field', async (body, status, field) => {
    const { client } = await world.client(workspace);
    client.lease = 1;
    const answer = await client.call(body);
    expect([answer.status, JSON.stringify(answer.error.details)]).toEqual([status, expect.stringContaining(field)]);
  });
});
