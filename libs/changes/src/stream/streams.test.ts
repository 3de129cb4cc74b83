// Streams of a node: who receives what, how often the feed is read, slow clients, limits, and each way to end.
import { randomUUID } from 'node:crypto';
import type { Principal } from '@mono/contract';
import { until } from '../../../../test/support/until.ts';
import { callerIn } from '../../testing/changes-world.js';
import { StreamWorld, type FakeClient } from '../../testing/stream-world.js';
import { ChangeStore } from '../feed/change.store.js';
import { FeedViews } from '../feed/feed-views.js';

const HOUR_MS = 3_600_000;

let world: StreamWorld;
let workspace: string;

beforeAll(async () => {
  world = await StreamWorld.open({ CHANGES_MAX_STREAMS: 60, CHANGES_MAX_STREAMS_PER_CREDENTIAL: 3 });
});
beforeEach(() => {
  workspace = randomUUID();
  world.keys.isAvailable = true;
});
afterEach(() => {
  jest.restoreAllMocks();
  world.leave();
});
afterAll(() => world?.close());

async function untilReceived(client: FakeClient, count: number): Promise<void> {
  await until(`${count} changes have come`, () => client.ids.length >= count);
}

function seen({ changes }: FakeClient) {
  return changes.map(({ change, fields, thing_id }) => [thing_id, change, fields]);
}

function idsOf(rows: readonly { event_id: string }[]): string[] {
  return rows.map(({ event_id: id }) => id);
}

function ownOnly(id: string): Partial<Principal> {
  return { kind: 'user', id, scopes: ['garden:read'], ownOnly: ['garden:read'] };
}

describe('fan-out', () => {
  test('a change is read once and rendered once for all streams that see the same', async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => world.client(workspace)));
    const read = jest.spyOn(world.module.get(ChangeStore), 'read');
    const rows = await world.append(workspace, {}, {});
    for (const client of clients) await untilReceived(client, 2);
    expect(read.mock.calls.length).toBeLessThanOrEqual(2);
    expect(clients.map(({ ids }) => ids)).toEqual(clients.map(() => idsOf(rows)));
    expect(new Set(clients.map(({ written }) => written.at(-1))).size).toBe(1);
  });

  test('streams that see different things receive their own, and nothing of another workspace', async () => {
    const [all, limited, stranger] = [
      await world.client(workspace),
      await world.client(workspace, { rights: { scopes: ['garden:read'] } }),
      await world.client(randomUUID()),
    ];
    const rows = await world.append(workspace, { type: 'secret' }, { type: 'plant' });
    await untilReceived(all, 2);
    await untilReceived(limited, 1);
    expect([limited.ids, stranger.ids]).toEqual([[rows[1]?.event_id], []]);
  });

  test('users share all but their own things', async () => {
    const [ada, bob] = [randomUUID(), randomUUID()];
    const clients = await Promise.all(
      [ada, bob].map((id) => world.client(workspace, { rights: { kind: 'user', id, scopes: [] } })),
    );
    const rows = await world.append(
      workspace,
      { type: 'diary', aggregate_id: ada },
      { type: 'gardener' },
      { type: 'diary', aggregate_id: bob },
    );
    const [first, second, third] = idsOf(rows);
    for (const client of clients) await untilReceived(client, 2);
    expect(clients.map(({ ids }) => ids)).toEqual([
      [first, second],
      [second, third],
    ]);
  });

  test('users that read their own things only share the others', async () => {
    const [ada, bob] = [randomUUID(), randomUUID()];
    const before = await world.append(workspace, { type: 'shift', user_id: bob }, { type: 'shift', user_id: ada });
    const clients = await Promise.all(
      [ada, bob].map((id) => world.client(workspace, { since: 0, rights: ownOnly(id) })),
    );
    const everything = await world.client(workspace, { since: 0, rights: { scopes: ['garden:read'] } });
    const rows = await world.append(
      workspace,
      { type: 'shift', user_id: ada },
      { type: 'plant' },
      { type: 'shift', user_id: bob },
    );
    const [ofBob, ofAda] = idsOf(before);
    const [first, second, third] = idsOf(rows);
    for (const client of clients) await untilReceived(client, 3);
    await untilReceived(everything, 5);
    expect(clients.map(({ ids }) => ids)).toEqual([
      [ofAda, first, second],
      [ofBob, second, third],
    ]);
    expect(everything.ids).toEqual(idsOf([...before, ...rows]));
  });

  test('a signal that was lost is made up for', async () => {
    const client = await world.client(workspace);
    const rows = [world.feed.row(workspace)];
    await world.feed.writer.append(rows);
    await world.append(workspace, {});
    await untilReceived(client, 2);
    expect(client.ids[0]).toBe(rows[0]?.event_id);
  });
});

describe('positions', () => {
  test('a stream continues where another one ended, whether the rows are in memory or not', async () => {
    const first = await world.client(workspace);
    const rows = await world.append(workspace, ...Array.from({ length: 1_300 }, () => ({})));
    await untilReceived(first, 1_300);
    for (const since of [0, 250, 1_290]) {
      const client = await world.client(workspace, { since });
      expect(client.ids).toEqual(idsOf(rows).slice(since));
    }
    const [last] = await world.append(workspace, {});
    await untilReceived(first, 1_301);
    expect(first.ids.at(-1)).toBe(last?.event_id);
  });

  test('a position whose changes are gone is refused', async () => {
    await world.append(workspace, {}, {});
    await world.feed.database.query('UPDATE changes.feed SET pruned_to = 2 WHERE workspace_id = $1', [workspace]);
    await expect(world.client(workspace, { since: 1 })).rejects.toMatchObject({ code: 'token_expired' });
    await expect(world.client(workspace, { since: 7 })).rejects.toMatchObject({ code: 'token_expired' });
    expect(world.streams.count).toBe(0);
  });

  test('a heartbeat moves the position past changes that the client does not see', async () => {
    const client = await world.client(workspace, { rights: { scopes: ['garden:read'] } });
    const witness = await world.client(workspace);
    const before = client.lastId;
    await world.append(workspace, { type: 'secret' });
    await untilReceived(witness, 1);
    for (let turn = 0; turn < 15; turn += 1) world.streams.tick(performance.now());
    expect(client.lastId).not.toBe(before);
    expect(client.ids).toEqual([]);
    expect(client.text).toMatch(/\n:\n\n$/);
  });

  test('collapsed changes of a thing come as one, whose id is the last of the batch', async () => {
    const id = randomUUID();
    await world.append(
      workspace,
      { aggregate_id: id, kind: 'created', version: 1 },
      { version: 5 },
      { aggregate_id: id, version: 2 },
    );
    const client = await world.client(workspace, { since: 0, query: { collapse: 'true' } });
    expect(client.changes.map(({ change, version }) => [change, version])).toEqual([
      ['updated', 5],
      ['created', 2],
    ]);
    expect([...client.text.matchAll(/^id: /gm)]).toHaveLength(2);
  });
});

describe('slow clients', () => {
  test('are given nothing until they have read, and then everything, once', async () => {
    const client = await world.client(workspace);
    const witness = await world.client(workspace);
    client.hasRoom = false;
    const rows = await world.append(workspace, {});
    await untilReceived(client, 1);
    const { length } = client.written;
    for (let batch = 0; batch < 5; batch += 1)
      rows.push(...(await world.append(workspace, ...Array.from({ length: 300 }, () => ({})))));
    await untilReceived(witness, 1_501);
    expect(client.written).toHaveLength(length);
    client.drain();
    await untilReceived(client, 1_501);
    expect(client.ids).toEqual(idsOf(rows));
    rows.push(...(await world.append(workspace, {})));
    await untilReceived(client, 1_502);
    expect(client.ids).toEqual(idsOf(rows));
  });

  test('are cut off after a while, and continue with their last id', async () => {
    const client = await world.client(workspace);
    client.hasRoom = false;
    await world.append(workspace, {}, {});
    await untilReceived(client, 2);
    world.streams.tick(performance.now());
    expect(client.isEnded).toBe(false);
    world.streams.tick(performance.now() + HOUR_MS);
    expect([client.isEnded, client.endCode]).toEqual([true, 'too_slow']);
    await until('the connection is closed', () => client.destroyed);
    expect(client.closedBy).toMatchObject({ code: 'too_slow' });
  });
});

describe('limits', () => {
  test('of a credential and of the node, until a stream closes', async () => {
    const rights = { id: randomUUID() };
    const own = await Promise.all([1, 2, 3].map(() => world.client(workspace, { rights })));
    await expect(world.client(workspace, { rights })).rejects.toMatchObject({
      code: 'rate_limited',
      details: { retry_after: 5 },
      message: expect.stringContaining('credential'),
    });
    own[0]?.destroy();
    await world.client(workspace, { rights });
    const room = 60 - world.streams.count;
    await Promise.all(Array.from({ length: room }, () => world.client(workspace)));
    await expect(world.client(workspace)).rejects.toMatchObject({ message: expect.stringContaining('node') });
  });
});

describe('credentials', () => {
  test('that are revoked end their streams, and no others', async () => {
    const id = randomUUID();
    const client = await world.client(workspace, { authorization: 'revoked', rights: { id } });
    const other = await world.client(workspace);
    world.keys.valid.delete('revoked');
    world.keys.drop(id);
    await until('the stream ends', () => client.isEnded);
    expect([client.endCode, other.isEnded]).toEqual(['unauthorized', false]);
  });

  test('whose rights have changed end their streams', async () => {
    const id = randomUUID();
    const client = await world.client(workspace, { authorization: 'narrowed', rights: { id } });
    world.keys.valid.set('narrowed', callerIn(workspace, { id, listIds: [] }));
    world.keys.drop(undefined);
    await until('the stream ends', () => client.isEnded);
    expect(client.endCode).toBe('access_changed');
  });

  test('a caller that is limited to its own things gets no changes by its former rights', async () => {
    const id = randomUUID();
    const rights = { kind: 'user', id, scopes: ['garden:read'] } as const;
    const client = await world.client(workspace, { authorization: 'own only', rights });
    world.keys.valid.set('own only', callerIn(workspace, ownOnly(id)));
    world.keys.drop(id);
    await until('the stream ends', () => client.isEnded);
    expect(client.endCode).toBe('access_changed');
    const [, plant] = await world.append(workspace, { type: 'shift', user_id: randomUUID() }, { type: 'plant' });
    const again = await world.client(workspace, { authorization: 'own only', since: 0 });
    await untilReceived(again, 1);
    expect([client.ids, again.ids]).toEqual([[], [plant?.event_id]]);
  });

  test('that nobody can verify are trusted for a while', async () => {
    const id = randomUUID();
    const client = await world.client(workspace, { rights: { id } });
    world.keys.isAvailable = false;
    world.keys.drop(id);
    await world.append(workspace, {});
    await untilReceived(client, 1);
    expect(client.isEnded).toBe(false);
    jest.spyOn(performance, 'now').mockReturnValue(performance.now() + HOUR_MS);
    world.keys.drop(id);
    await until('the stream ends', () => client.isEnded);
    expect(client.endCode).toBe('unavailable');
  });

  test('that are revoked while a stream is opened refuse it', async () => {
    const opening = world.client(workspace, { authorization: 'late' });
    world.keys.valid.delete('late');
    await expect(opening).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('things', () => {
  test('are included as their owner answers them, asked once for all streams', async () => {
    const [known, gone] = [randomUUID(), randomUUID()];
    world.plants.known.set(known, { id: known, title: 'Rose' });
    const query = { include: 'resource' } as const;
    const clients = await Promise.all([1, 2].map(() => world.client(workspace, { query })));
    world.plants.asked.length = 0;
    await world.append(
      workspace,
      { aggregate_id: known },
      { aggregate_id: gone },
      { kind: 'deleted' },
      { type: 'gardener' },
      { aggregate_id: known, version: 2 },
    );
    for (const client of clients) {
      await untilReceived(client, 5);
      expect(client.changes.map((change) => ('resource' in change ? change.resource : 'none'))).toEqual([
        { id: known, title: 'Rose' },
        null,
        'none',
        'none',
        { id: known, title: 'Rose' },
      ]);
    }
    expect(world.plants.asked).toEqual([{ workspace_id: workspace, ids: [known, gone], list_ids: null }]);
  });
});

describe('a filter', () => {
  const query = { filter: 'thirsty' };

  test('shows what does not match now as deleted, asked once for the streams of a caller', async () => {
    const [matching, other] = [randomUUID(), randomUUID()];
    world.matches.matching.add(matching);
    const id = randomUUID();
    const clients = await Promise.all([1, 2].map(() => world.client(workspace, { query, rights: { id } })));
    const limited = await world.client(workspace, { query: { filter_id: id }, rights: { listIds: [other] } });
    const dry = await world.client(workspace, { query: { filter: 'dry' }, rights: { id } });
    world.matches.asked.length = 0;
    await world.append(
      workspace,
      { aggregate_id: matching, changes: { title: { from: 'a', to: 'b' } } },
      { aggregate_id: other, list_id: other, changes: { title: { from: 'a', to: 'b' } } },
      { type: 'gardener' },
      { kind: 'deleted', aggregate_id: matching, version: 2 },
    );
    for (const client of clients) {
      await untilReceived(client, 3);
      expect(seen(client)).toEqual([
        [matching, 'updated', ['title']],
        [other, 'deleted', []],
        [matching, 'deleted', []],
      ]);
    }
    await untilReceived(dry, 3);
    await untilReceived(limited, 1);
    expect(seen(limited)).toEqual([[other, 'deleted', []]]);
    const caller = { kind: 'api_key', id, list_ids: null };
    const own = { filter: 'thirsty', filter_id: null, timezone: null, caller };
    const ofLimited = { ...caller, id: expect.any(String), list_ids: [other] };
    expect(world.matches.asked).toHaveLength(3);
    expect(world.matches.asked).toEqual(
      expect.arrayContaining([
        { workspace_id: workspace, filter: own, ids: [matching, other] },
        { workspace_id: workspace, filter: { ...own, filter: 'dry' }, ids: [matching, other] },
        { workspace_id: workspace, filter: { ...own, filter: null, filter_id: id, caller: ofLimited }, ids: [other] },
      ]),
    );
  });

  test('that cannot be used any more ends the streams with the reason', async () => {
    const [text, saved] = [await world.client(workspace, { query }), { filter_id: randomUUID() }];
    const bySaved = await world.client(workspace, { query: saved });
    world.matches.fault = { code: 'filter_not_found', message: 'It is gone.' };
    await world.append(workspace, {});
    await until('the streams have ended', () => text.endCode !== undefined && bySaved.endCode !== undefined);
    expect([text.endCode, bySaved.endCode]).toEqual(['validation_error', 'filter_not_found']);
    world.matches.fault = null;
  });

  test('binds tokens, and goes with types that it finds', () => {
    const views = world.module.get(FeedViews);
    const caller = callerIn(workspace);
    const view = views.viewOf(caller, query);
    const token = views.tokenOf(7, view);
    expect(views.positionOf(token, view)).toBe(7);
    const others = [{}, { filter: 'dry' }, { filter_id: randomUUID() }, { ...query, timezone: 'UTC' }];
    for (const other of others)
      expect(() => views.positionOf(token, views.viewOf(caller, other))).toThrow(
        'belongs to another workspace or filter',
      );
    expect(views.viewOf(caller, { ...query, types: ['plant'] }).visible.open).toEqual(['plant']);
    const faulty: [object, string][] = [
      [{ ...query, types: ['plant', 'bed'] }, 'types'],
      [{ ...query, filter_id: randomUUID() }, 'filter_id'],
    ];
    for (const [wrong, field] of faulty)
      expect(() => views.viewOf(caller, wrong)).toThrow(
        expect.objectContaining({ details: [expect.objectContaining({ field })] }),
      );
  });
});

test('a tail is forgotten with its last stream', async () => {
  const client = await world.client(workspace);
  const read = jest.spyOn(world.module.get(ChangeStore), 'read');
  client.destroy();
  expect(client.closedBy).toBeUndefined();
  await world.append(workspace, {});
  expect(read).not.toHaveBeenCalled();
});

test('a node that stops ends its streams, and opens none', async () => {
  const stopping = await StreamWorld.open();
  const client = await stopping.client(workspace);
  await stopping.close();
  expect([client.endCode, client.destroyed]).toEqual(['stopping', true]);
  await expect(stopping.client(workspace)).rejects.toMatchObject({ code: 'unavailable' });
});
