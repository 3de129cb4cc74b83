// The feed of a workspace on a real PostgreSQL: order, duplicates, pages, tokens, retention.
import { randomUUID } from 'node:crypto';
import type { Changes } from '@mono/contract';
import { until } from '../../../../test/support/until.ts';
import { AccountsConsumer } from '../accounts/accounts.consumer.js';
import { callerIn, ChangesWorld } from '../../testing/changes-world.js';
import { Retention } from './retention.js';

let world: ChangesWorld;
let workspace: string;

beforeAll(async () => {
  world = await ChangesWorld.open();
});
beforeEach(() => {
  workspace = randomUUID();
});
afterAll(() => world?.close());

async function idsAfter(since: string): Promise<string[]> {
  return (await world.find(workspace, { since, limit: 1_000 })).items.map(({ id }) => id);
}

function field(name: string): Changes {
  return { [name]: { from: null, to: 1 } };
}

async function start(): Promise<string> {
  return (await world.find(workspace)).next_token;
}

describe('writers', () => {
  test('a paused writer hides what it appends, and no later change is seen before it commits', async () => {
    const since = await start();
    const [first, second] = [world.row(workspace), world.row(workspace)];
    const commit = Promise.withResolvers<void>();
    const appended = Promise.withResolvers<void>();
    const paused = world.database.transaction(async (on) => {
      await world.writer.appendIn(on, [first]);
      appended.resolve();
      await commit.promise;
    });
    await appended.promise;
    let isSecondDone = false;
    const other = world.writer.append([second]).then(() => (isSecondDone = true));
    await until('the second writer waits for the first', async () => {
      const waiting = await world.database.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%changes.feed%' AND datname = current_database()`,
      );
      return waiting.length > 0;
    });
    expect([await idsAfter(since), isSecondDone]).toEqual([[], false]);
    commit.resolve();
    await Promise.all([paused, other]);
    expect(await idsAfter(since)).toEqual([first.event_id, second.event_id]);
  });

  test('PostgreSQL ends a writer that stands still, the others go on, and its late commit changes nothing', async () => {
    const since = await start();
    const [lost, next] = [world.row(workspace), world.row(workspace)];
    const dying = world.database.transaction(async (on) => {
      await world.writer.appendIn(on, [lost]);
      const [{ limit, pid } = { limit: '', pid: 0 }] = await on.query<{ limit: string; pid: number }>(
        `SELECT current_setting('idle_in_transaction_session_timeout') AS limit, pg_backend_pid() AS pid`,
      );
      expect(limit).toBe('10s');
      // As the timeout does.
      await world.database.query('SELECT pg_terminate_backend($1)', [pid]);
      await world.writer.append([next]);
    });
    await expect(dying).rejects.toMatchObject({ code: 'unavailable' });
    expect(await idsAfter(since)).toEqual([next.event_id]);
    await world.writer.append([lost]);
    expect(await idsAfter(since)).toEqual([next.event_id, lost.event_id]);
  });

  test('many at once leave no gap, and each reader sees one order', async () => {
    const token = await start();
    const writes = Array.from({ length: 40 }, () => world.append(workspace, {}, {}, {}));
    const seen: string[] = [];
    let since = token;
    const isDone = Promise.all(writes).then(() => true);
    while (seen.length < 120) {
      const page = await world.find(workspace, { since });
      seen.push(...page.items.map(({ id }) => id));
      since = page.next_token;
    }
    expect(await isDone).toBe(true);
    expect(await idsAfter(token)).toEqual(seen);
    const [{ head, rows } = { head: 0, rows: 0 }] = await world.database.query<{ head: number; rows: number }>(
      `SELECT f.position::int AS head, (SELECT count(*)::int FROM changes.change c WHERE c.workspace_id = $1) AS rows
       FROM changes.feed f WHERE f.workspace_id = $1`,
      [workspace],
    );
    expect([head, rows]).toEqual([120, 120]);
  });

  test('an event that comes twice, at once or later, has one row', async () => {
    const since = await start();
    const row = world.row(workspace);
    await Promise.all([world.writer.append([row, row]), world.writer.append([row])]);
    await world.writer.append([row, world.row(workspace)]);
    expect(await idsAfter(since)).toHaveLength(2);
  });

  test('the changes of a thing that come together are in the order of its versions', async () => {
    const since = await start();
    const id = randomUUID();
    await world.append(workspace, { aggregate_id: id, version: 3 }, { version: 7 }, { aggregate_id: id, version: 2 });
    const { items } = await world.find(workspace, { since });
    expect(items.map(({ version }) => version)).toEqual([2, 7, 3]);
  });
});

describe('readers', () => {
  test('get the current token first, and every later change, page by page', async () => {
    await world.append(workspace, {});
    const first = await world.find(workspace);
    expect(first).toMatchObject({ items: [], has_more: false });
    const [one, two, three] = await world.append(workspace, {}, {}, {});
    const page = await world.find(workspace, { since: first.next_token, limit: 2 });
    expect(page.items.map(({ id }) => id)).toEqual([one?.event_id, two?.event_id]);
    expect(page.has_more).toBe(true);
    const rest = await world.find(workspace, { since: page.next_token, limit: 2 });
    expect(rest.items.map(({ id }) => id)).toEqual([three?.event_id]);
    expect(rest.has_more).toBe(false);
    expect(await world.find(workspace, { since: rest.next_token })).toMatchObject({ items: [], has_more: false });
  });

  test('see what has changed, by whom and by which request', async () => {
    const since = await start();
    const changes = { title: { from: 'Rose', to: 'Tulip' } };
    const [row] = await world.append(workspace, { changes, origin: 'user', version: 4 });
    expect((await world.find(workspace, { since })).items).toEqual([
      {
        id: row?.event_id,
        type: 'plant',
        thing_id: row?.thing_id,
        change: 'updated',
        version: 4,
        list_id: null,
        fields: ['title'],
        keys: {},
        actor: { kind: 'system', id: 'test' },
        origin: 'user',
        request_id: 'request',
        occurred_at: '2026-05-01T09:00:00.000Z',
      },
    ]);
  });

  test('see nothing of another workspace', async () => {
    const since = await start();
    await world.append(randomUUID(), {});
    expect(await idsAfter(since)).toEqual([]);
  });

  test('collapse the changes of a thing into the last one, and lose none by the limit', async () => {
    const since = await start();
    const [a, b] = [randomUUID(), randomUUID()];
    await world.append(
      workspace,
      { aggregate_id: a, kind: 'created', version: 1, changes: field('title') },
      { aggregate_id: b, version: 5, changes: field('title') },
      { aggregate_id: a, version: 3, changes: field('due_on') },
      { aggregate_id: a, version: 2, changes: field('note') },
      { aggregate_id: b, kind: 'deleted', version: 6 },
      { version: 1 },
    );
    const both = await world.find(workspace, { since, collapse: 'true' });
    expect(both.items.map(({ thing_id, change, version }) => [thing_id, change, version])).toEqual([
      [a, 'created', 3],
      [b, 'deleted', 6],
      [expect.any(String), 'updated', 1],
    ]);
    expect(both.items[0]?.fields.toSorted()).toEqual(['due_on', 'note', 'title']);
    expect(both.has_more).toBe(false);
    const seen: [string, number][] = [];
    let page = await world.find(workspace, { since, collapse: 'true', limit: 1 });
    for (;;) {
      seen.push(...page.items.map(({ thing_id, version }) => [thing_id, version] as [string, number]));
      if (!page.has_more) break;
      page = await world.find(workspace, { since: page.next_token, collapse: 'true', limit: 1 });
    }
    const last = new Map<string, number>();
    for (const [id, version] of seen) last.set(id, Math.max(version, last.get(id) ?? 0));
    expect([last.get(a), last.get(b), last.size]).toEqual([3, 6, 3]);
  });

  test('read past windows in which they see nothing', async () => {
    const since = await start();
    await world.append(workspace, ...Array.from({ length: 5_001 }, () => ({ type: 'secret' })), { type: 'plant' });
    const call = { principal: callerIn(workspace, { scopes: ['garden:read'] }) };
    const first = await world.find(workspace, { since }, call);
    expect(first).toMatchObject({ items: [], has_more: true });
    const second = await world.find(workspace, { since: first.next_token }, call);
    expect([second.items.length, second.has_more]).toEqual([1, false]);
  });
});

describe('tokens', () => {
  test.each(['garbage', Buffer.from('[1,"x",-1]').toString('base64url'), Buffer.from('{}').toString('base64url')])(
    'that are none are refused: %s',
    async (since) => {
      await expect(world.find(workspace, { since })).rejects.toMatchObject({
        code: 'validation_error',
        details: [{ field: 'since', issue: 'is not a token of this API' }],
      });
    },
  );

  test('of another workspace or filter are refused', async () => {
    const since = await start();
    const refused = { code: 'validation_error', details: [{ field: 'since', issue: expect.any(String) }] };
    await expect(world.find(randomUUID(), { since })).rejects.toMatchObject(refused);
    await expect(world.find(workspace, { since, types: ['plant'] })).rejects.toMatchObject(refused);
    await expect(world.find(workspace, { since, list_id: randomUUID() })).rejects.toMatchObject(refused);
    const { next_token: of } = await world.find(workspace, { types: ['plant', 'bed'] });
    expect(await world.find(workspace, { since: of, types: ['bed', 'plant'] })).toMatchObject({ items: [] });
  });

  test('and unknown types are refused by name', async () => {
    await expect(world.find(workspace, { types: ['weed'] })).rejects.toMatchObject({ code: 'validation_error' });
  });

  test('of a database that was restored are expired', async () => {
    await world.append(workspace, {});
    const since = await start();
    await world.database.query('DELETE FROM changes.change WHERE workspace_id = $1', [workspace]);
    await world.database.query('UPDATE changes.feed SET position = 0 WHERE workspace_id = $1', [workspace]);
    await expect(world.find(workspace, { since })).rejects.toMatchObject({ code: 'token_expired' });
  });
});

describe('retention', () => {
  test('prunes in batches what is too old, and expires the tokens before it', async () => {
    const before = await start();
    await world.append(workspace, {}, {}, {});
    const between = await start();
    await world.append(workspace, {});
    await world.database.query(
      `UPDATE changes.change SET recorded_at = now() - interval '31 days' WHERE workspace_id = $1 AND position <= 3`,
      [workspace],
    );
    await world.module.get(Retention).prune(2);
    await expect(world.find(workspace, { since: before })).rejects.toMatchObject({
      code: 'token_expired',
      kind: 'gone',
      message: expect.stringContaining('Start again'),
    });
    expect((await world.find(workspace, { since: between })).items).toHaveLength(1);
  });

  test('a workspace is erased with its last account, and late events of it are ignored', async () => {
    const since = await start();
    await world.append(workspace, {}, {});
    await world.module.get(AccountsConsumer).erase({ event: 'account_deleted', workspace_ids: [workspace] });
    await world.append(workspace, { kind: 'deleted' });
    expect(await world.database.query('SELECT FROM changes.change WHERE workspace_id = $1', [workspace])).toEqual([]);
    expect((await world.find(workspace, { since })).items).toEqual([]);
  });
});
