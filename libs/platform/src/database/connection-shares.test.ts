// One workspace against all others on one pool: what it takes, and what is left.
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { until } from '../../../../test/support/until.ts';
import type { CallContext } from '@mono/contract';
import { actingFor } from './acting-workspace.js';
import { Database } from './database.js';
import type { ExpensiveQuery } from './executor.js';

const CONNECTIONS = 8;
/** Released by the test alone: nothing here depends on time. */
const GATE = 4_711;

let place: TestDatabase;
let database: Database;
let gate: Database;

function open(poolSize: number): Promise<Database> {
  return Database.open({ url: place.url, poolSize });
}

beforeEach(async () => {
  place = await createTestDatabase();
  [database, gate] = [await open(CONNECTIONS), await open(1)];
});
afterEach(async () => {
  await Promise.all([database, gate].map(({ dataSource }) => dataSource.destroy()));
  await place.drop();
});

function queryOf(workspaceId: string, signal?: AbortSignal): ExpensiveQuery {
  const principal: CallContext['principal'] = {
    kind: 'api_key',
    id: `key of ${workspaceId}`,
    workspaceId,
    scopes: ['*'],
  };
  return { kind: 'search', context: { principal, signal }, limitMs: 60_000, tooExpensive: 'Narrow it.' };
}

/** Holds its connection until the gate opens. */
const HOLD = `SELECT pg_advisory_xact_lock_shared(${GATE})`;

async function closed(work: () => Promise<void>): Promise<void> {
  await gate.query(`SELECT pg_advisory_lock(${GATE})`);
  try {
    await work();
  } finally {
    await gate.query(`SELECT pg_advisory_unlock(${GATE})`);
  }
}

const counts = (kind: string): unknown => database.shareCounts.get(kind);

test('expensive queries of one workspace leave places to another’s, and connections to everything else', async () => {
  let busy: Promise<unknown>[] = [];
  await closed(async () => {
    busy = Array.from({ length: 40 }, () => database.expensive(queryOf('busy'), (on) => on.query(HOLD)));
    await until('its share is taken', () => counts('search'));
    await until('its share runs', () => (counts('search') as { running: number }).running === 1);
    expect(counts('search')).toEqual({ running: 1, waiting: 39, refused: 0 });
    expect(await database.expensive(queryOf('quiet'), (on) => on.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
    const plain = Array.from({ length: CONNECTIONS }, () => actingFor('busy', () => database.query('SELECT 2 AS two')));
    expect(await Promise.all(plain)).toEqual(plain.map(() => [{ two: 2 }]));
  });
  await Promise.all(busy);
  expect(counts('search')).toEqual({ running: 0, waiting: 0, refused: 0 });
});

test('returns 429 only to a workspace with too many queries', async () => {
  let busy: Promise<unknown>[] = [];
  await closed(async () => {
    busy = Array.from({ length: 51 }, () => database.expensive(queryOf('busy'), (on) => on.query(HOLD)));
    await expect(database.expensive(queryOf('busy'), (on) => on.query(HOLD))).rejects.toMatchObject({
      kind: 'rate_limited',
      code: 'rate_limited',
      details: { retry_after: 1 },
    });
    expect(await database.expensive(queryOf('quiet'), (on) => on.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
  });
  await Promise.all(busy);
  expect(counts('search')).toMatchObject({ refused: 1 });
});

test('plain statements of one workspace never take every connection, and others come in between', async () => {
  let busy: Promise<unknown>[] = [];
  await closed(async () => {
    busy = Array.from({ length: 100 }, () => actingFor('busy', () => database.query(HOLD)));
    await until('its share is taken', () => database.pool.totalCount - database.pool.idleCount >= 6);
    expect(counts('ordinary')).toEqual({ running: 6, waiting: 94, refused: 0 });
    for (let asked = 0; asked < 20; asked += 1) {
      expect(await actingFor('quiet', () => database.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]);
      expect(await database.query('SELECT 2 AS two')).toEqual([{ two: 2 }]);
    }
  });
  await Promise.all(busy);
});

test('a disconnected caller ends its waiting or running query', async () => {
  await closed(async () => {
    const [running, waiting] = [new AbortController(), new AbortController()];
    const first = database.expensive(queryOf('busy', running.signal), (on) => on.query(HOLD));
    const second = database.expensive(queryOf('busy', waiting.signal), (on) => on.query(HOLD));
    await until('one waits in the database', async () => {
      const rows = await gate.query(
        `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      return rows.length === 1;
    });
    waiting.abort();
    await expect(second).rejects.toMatchObject({ code: 'deadline_exceeded' });
    running.abort();
    await expect(first).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(counts('search')).toEqual({ running: 0, waiting: 0, refused: 0 });
    expect(await database.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

test('a query that exceeds its limit fails with advice', async () => {
  const query = { ...queryOf('busy'), limitMs: 20, settings: { work_mem: '5MB' } };
  await expect(database.expensive(query, (on) => on.query('SELECT pg_sleep(60)'))).rejects.toMatchObject({
    code: 'query_too_expensive',
    message: 'Narrow it.',
    details: { limit_ms: 20 },
  });
  expect(await database.expensive({ ...query, limitMs: 60_000 }, (on) => on.query('SHOW work_mem'))).toEqual([
    { work_mem: '5MB' },
  ]);
});
