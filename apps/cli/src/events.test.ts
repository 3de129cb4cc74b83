// npx mono events republish, on a real PostgreSQL.
import { randomUUID } from 'node:crypto';
import { alterOutboxV2, createOutboxV1 } from '@mono/bus/outbox';
import { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { republish } from './events.js';

describe('events republish', () => {
  let place: TestDatabase;
  let pool: Pool;
  let said: string[];

  beforeAll(async () => {
    place = await createTestDatabase();
    pool = new Pool({ connectionString: place.url });
    for (const schema of ['notes', 'time_notes'])
      for (const statement of [`CREATE SCHEMA ${schema}`, ...createOutboxV1(schema), ...alterOutboxV2(schema)])
        await pool.query(statement);
  });
  beforeEach(async () => {
    said = [];
    for (const schema of ['notes', 'time_notes']) {
      await pool.query(`TRUNCATE ${schema}.outbox`);
      for (const age of ['3 days', '1 hour'])
        await pool.query(
          `INSERT INTO ${schema}.outbox (event_id, subject, aggregate_id, version, occurred_at, payload, published_at, stream_seq)
           VALUES ($1, 'events', $1, 1, now() - $2::interval, '{}', now() - $2::interval, 7)`,
          [randomUUID(), age],
        );
    }
  });
  afterAll(async () => {
    await pool?.end();
    await place?.drop();
  });

  const run = (options: { since: string; module?: string }): Promise<void> =>
    republish(options, { dataDirectory: 'none', environment: { DATABASE_URL: place.url } }, (line) => said.push(line));

  async function waiting(schema: string): Promise<number | null> {
    return (await pool.query(`SELECT FROM ${schema}.outbox WHERE published_at IS NULL AND stream_seq IS NULL`))
      .rowCount;
  }

  test('lets what happened since then wait again, in every module', async () => {
    await run({ since: new Date(Date.now() - 86_400_000).toISOString() });
    expect([await waiting('notes'), await waiting('time_notes')]).toEqual([1, 1]);
    expect(said).toEqual(['notes: 1 event published again.', 'time-notes: 1 event published again.']);
  });

  test('of one module alone', async () => {
    await run({ since: '2000-01-01T00:00:00Z', module: 'time-notes' });
    expect([await waiting('notes'), await waiting('time_notes')]).toEqual([0, 2]);
  });

  test.each([
    [{ since: 'yesterday' }, 'Invalid --since "yesterday"'],
    [{ since: '2026-01-01T00:00:00Z', module: 'nothing' }, 'Module "nothing" has no outbox'],
  ])('%j is refused', async (options, message) => {
    await expect(run(options)).rejects.toThrow(message);
  });
});
