// Exactly once by a real PostgreSQL: repeats, rollbacks, two deliveries at one moment.
import { randomUUID } from 'node:crypto';
import { Pool, type PoolClient } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.js';
import { until } from '../testing/until.js';
import { createInboxV1 } from './inbox-table.js';
import { onceByInbox, pruneInbox } from './inbox.js';

describe('the inbox', () => {
  let place: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    place = await createTestDatabase();
    pool = new Pool({ connectionString: place.url });
    for (const statement of [
      'CREATE SCHEMA reading',
      ...createInboxV1('reading'),
      'CREATE TABLE effect (event uuid)',
    ]) {
      await pool.query(statement);
    }
  });
  afterAll(async () => {
    await pool?.end();
    await place?.drop();
  });

  async function inTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  }

  const deliver = (eventId: string, consumer = 'reader', more: () => Promise<void> = () => Promise.resolve()) =>
    inTransaction((client) =>
      onceByInbox(client, { schema: 'reading', consumer, eventId }, async () => {
        await client.query('INSERT INTO effect VALUES ($1)', [eventId]);
        await more();
      }),
    );

  async function effects(eventId: string): Promise<number> {
    return (await pool.query('SELECT FROM effect WHERE event = $1', [eventId])).rowCount ?? 0;
  }

  test('lets an event take effect once per consumer', async () => {
    const event = randomUUID();
    expect([await deliver(event), await deliver(event), await deliver(event, 'other')]).toEqual([true, false, true]);
    expect(await effects(event)).toBe(2);
  });

  test('forgets with the effect that was rolled back', async () => {
    const event = randomUUID();
    await expect(deliver(event, 'reader', () => Promise.reject(new Error('too late')))).rejects.toThrow('too late');
    expect(await effects(event)).toBe(0);
    expect(await deliver(event)).toBe(true);
  });

  test.each([
    ['ends well, the second has no effect', true],
    ['is rolled back, the second has it', false],
  ])('makes a second delivery wait for the first one: if that %s', async (_what, well) => {
    const event = randomUUID();
    const { promise: held, resolve, reject } = Promise.withResolvers<void>();
    const first = deliver(event, 'reader', () => held).catch(() => false);
    await until('the first has begun', async () => {
      const { rows } = await pool.query(
        `SELECT FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()`,
      );
      return rows.length > 0;
    });
    const second = deliver(event);
    await until('the second waits', async () => {
      const { rows } = await pool.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
      );
      return rows.length > 0;
    });
    if (well) resolve();
    else reject(new Error('no'));
    expect([await first, await second]).toEqual([well, !well]);
    expect(await effects(event)).toBe(1);
  });

  test('takes a host’s executor, too', async () => {
    const executor = {
      query: async (statement: { text: string }, values: unknown[]): Promise<unknown[]> =>
        (await pool.query(statement.text, values)).rows as unknown[],
    };
    const entry = { schema: 'reading', consumer: 'executor', eventId: randomUUID() };
    const run = (): Promise<boolean> => onceByInbox(executor, entry, () => Promise.resolve());
    expect([await run(), await run()]).toEqual([true, false]);
  });

  test('prunes old entries only', async () => {
    await pool.query('TRUNCATE reading.inbox');
    for (let n = 0; n < 5; n += 1) await deliver(randomUUID());
    await pool.query(
      `UPDATE reading.inbox SET processed_at = now() - interval '2 days' WHERE event_id IN (SELECT event_id FROM reading.inbox LIMIT 3)`,
    );
    expect([
      await pruneInbox(pool, 'reading', 86_400_000, 2),
      await pruneInbox(pool, 'reading', 86_400_000, 2),
    ]).toEqual([2, 1]);
    expect((await pool.query('SELECT FROM reading.inbox')).rowCount).toBe(2);
  });
});
