import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { until } from '../../../../test/support/until.ts';
import type { CallContext, Replayable } from '@mono/contract';
import { Database } from '../database/database.js';
import type { Executor } from '../database/executor.js';
import { TEST_PRINCIPAL } from '../testing/test-principal.js';
import { createIdempotencyV1 } from './idempotency-table.js';
import { idempotently, type IdempotencyOptions } from './idempotently.js';
import { pruneIdempotency } from './prune-idempotency.js';

const CONNECTIONS = 12;

function call(key: string | undefined, principalId = TEST_PRINCIPAL.id): CallContext {
  return { principal: { ...TEST_PRINCIPAL, id: principalId }, requestId: 'test', idempotencyKey: key };
}

async function sell(on: Executor, what: string): Promise<{ id: number; what: string }> {
  const [sale] = await on.query<{ id: number; what: string }>(
    'INSERT INTO shop.sale (what) VALUES ($1) RETURNING id, what',
    [what],
  );
  if (!sale) throw new Error('No row');
  return sale;
}

const sellFig = (on: Executor) => sell(on, 'fig');
const sellPlum = (on: Executor) => sell(on, 'plum');

describe('Idempotency-Key', () => {
  let place: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.open({ url: place.url, poolSize: CONNECTIONS });
    for (const statement of ['CREATE SCHEMA shop', 'CREATE TABLE shop.sale (id serial, what text)'])
      await database.query(statement);
    for (const statement of createIdempotencyV1('shop')) await database.query(statement);
  });
  afterAll(async () => {
    await database?.dataSource.destroy();
    await place?.drop();
  });
  beforeEach(() => database.query('TRUNCATE shop.sale, shop.idempotency'));

  function sellOnce(
    key: string | undefined,
    what: string,
    options?: IdempotencyOptions,
  ): Promise<Replayable<{ id: number; what: string }>> {
    return idempotently(database, call(key), 'shop.sell', { what }, (on) => sell(on, what), options);
  }

  async function sales(): Promise<number> {
    const [row] = await database.query<{ count: number }>('SELECT count(*)::int AS count FROM shop.sale');
    return row?.count ?? 0;
  }

  test('without a key every call has its effect', async () => {
    await sellOnce(undefined, 'pear');
    expect((await sellOnce(undefined, 'pear')).replayed).toBe(false);
    expect(await sales()).toBe(2);
  });

  test('ten concurrent calls with one key have one effect and one response', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => sellOnce('same', 'pear')));
    expect(await sales()).toBe(1);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  test('the order of the input’s fields does not make it another input', async () => {
    await idempotently(database, call('k'), 'shop.sell', { what: 'fig', of: { a: 1, b: 2 } }, sellFig);
    const repeat = idempotently(database, call('k'), 'shop.sell', { of: { b: 2, a: 1 }, what: 'fig' }, sellFig);
    expect((await repeat).replayed).toBe(true);
  });

  test('the key of another input is refused, and that of another caller or operation is another key', async () => {
    await sellOnce('k', 'pear');
    await expect(sellOnce('k', 'plum')).rejects.toMatchObject({ kind: 'invalid', code: 'idempotency_key_reused' });
    const other = await idempotently(database, call('k', 'somebody else'), 'shop.sell', { what: 'plum' }, sellPlum);
    expect(other.replayed).toBe(false);
    expect((await idempotently(database, call('k'), 'shop.give', { what: 'plum' }, sellPlum)).replayed).toBe(false);
    expect(await sales()).toBe(3);
  });

  test('a first call that fails leaves nothing and frees the key', async () => {
    const failed = idempotently(database, call('k'), 'shop.sell', { what: 'pear' }, async (on) => {
      await sell(on, 'pear');
      throw new Error('on purpose');
    });
    await expect(failed).rejects.toThrow('on purpose');
    expect(await sales()).toBe(0);
    expect((await sellOnce('k', 'pear')).replayed).toBe(false);
  });

  test('a repeat that waits longer than the bound hears that the first is in progress', async () => {
    const { promise: mayEnd, resolve: finish } = Promise.withResolvers<void>();
    let begun = false;
    const first = idempotently(database, call('k'), 'shop.sell', { what: 'pear' }, async (on) => {
      begun = true;
      await mayEnd;
      return sell(on, 'pear');
    });
    await until('the first call holds the key', () => begun);
    try {
      await expect(sellOnce('k', 'pear', { waitMs: 50 })).rejects.toMatchObject({
        kind: 'conflict',
        code: 'idempotency_in_progress',
      });
    } finally {
      finish();
    }
    const { body } = await first;
    expect(await sellOnce('k', 'pear')).toEqual({ body, replayed: true });
  });

  test('a lock that the work itself waits for in vain is not called a call in progress', async () => {
    const blocker = await database.pool.connect();
    try {
      await blocker.query('BEGIN; LOCK TABLE shop.sale');
      await expect(sellOnce('k', 'pear', { waitMs: 50 })).rejects.toMatchObject({ code: '55P03' });
    } finally {
      await blocker.query('ROLLBACK');
      blocker.release();
    }
  });

  test('a node that dies in the middle frees the key with its connection', async () => {
    let backend = 0;
    const dying = idempotently(database, call('k'), 'shop.sell', { what: 'pear' }, async (on) => {
      await sell(on, 'pear');
      const [row] = await on.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      backend = row?.pid ?? 0;
      return on.query('SELECT pg_sleep(60)');
    });
    const died = dying.catch((error: unknown) => error);
    await until('the work is under way', () => backend !== 0);
    const repeat = sellOnce('k', 'pear');
    await database.query('SELECT pg_terminate_backend($1)', [backend]);
    expect(await died).toMatchObject({ code: 'unavailable' });
    expect((await repeat).replayed).toBe(false);
    expect(await sales()).toBe(1);
  });

  test('an answer that shows a secret is not kept', async () => {
    await sellOnce('k', 'secret', { showsSecret: true });
    await expect(sellOnce('k', 'secret', { showsSecret: true })).rejects.toMatchObject({
      code: 'secret_already_shown',
    });
    const rows = await database.query<{ response: unknown }>('SELECT response FROM shop.idempotency');
    expect(rows).toEqual([{ response: null }]);
  });

  async function age(key: string): Promise<void> {
    await database.query(`UPDATE shop.idempotency SET created_at = now() - interval '25 hours' WHERE key = $1`, [key]);
  }

  test('after 24 hours a key is free, pruned or not', async () => {
    await sellOnce('old', 'pear');
    await age('old');
    expect((await sellOnce('old', 'plum')).replayed).toBe(false);
    expect((await sellOnce('old', 'plum')).replayed).toBe(true);
  });

  test('old keys are pruned batch by batch, others stay', async () => {
    for (const key of ['a', 'b', 'c', 'd', 'young']) await sellOnce(key, 'pear');
    for (const key of ['a', 'b', 'c', 'd']) await age(key);
    expect(await pruneIdempotency(database, 'shop', 2)).toBe(4);
    expect(await database.query('SELECT key FROM shop.idempotency')).toEqual([{ key: 'young' }]);
  });
});
