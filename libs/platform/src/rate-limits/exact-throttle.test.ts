// Attempts counted by a real PostgreSQL.
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.ts';
import { until } from '../../../../test/support/until.ts';
import type { Database } from '../database/database.js';
import { migrate } from '../database/migrate.js';
import { openDatabase } from '../database/open-database.js';
import { platformMigrations } from '../persistence/platform-migrations.js';
import { ExactThrottle } from './exact-throttle.js';
import type { Verdict } from './verdict.js';

const HOUR_MS = 3_600_000;

const allowedOf = (verdicts: Verdict[]): number => verdicts.filter(({ allowed }) => allowed).length;

describe('an exact throttle', () => {
  let place: TestDatabase;
  /** Two instances on one database. */
  const instances: Database[] = [];
  const throttle = new ExactThrottle();

  beforeAll(async () => {
    place = await createTestDatabase();
    for (let n = 0; n < 2; n += 1) {
      const options = { module: 'platform', url: place.url, poolSize: 10, statementTimeoutMs: 10_000 };
      instances.push(await openDatabase({ ...options, migrations: platformMigrations }));
    }
    await migrate(one(), 'platform');
  });
  beforeEach(() => one().query('TRUNCATE platform.throttle'));
  afterAll(async () => {
    for (const database of instances) await database.dataSource.destroy();
    await place?.drop();
  });

  function one(n = 0): Database {
    const database = instances[n % 2];
    if (!database) throw new Error('There is no database.');
    return database;
  }
  const attempts = (times: number, key: string, limit: number, windowMs = HOUR_MS): Promise<Verdict[]> =>
    Promise.all(Array.from({ length: times }, (_, n) => throttle.attempt(one(n), key, { limit, windowMs })));

  /** As if so many minutes had passed. */
  async function pass(minutes: number): Promise<void> {
    await one().query(
      `UPDATE platform.throttle SET expires_at = expires_at - make_interval(mins => $1),
         attempts = ARRAY(SELECT at - make_interval(mins => $1) FROM unnest(attempts) at ORDER BY at)`,
      [minutes],
    );
  }

  test('allows exactly ten of 50 concurrent attempts on two instances', async () => {
    expect(allowedOf(await attempts(50, 'sign_in:a', 10))).toBe(10);
    expect(allowedOf(await attempts(50, 'sign_in:a', 10))).toBe(0);
    expect(allowedOf(await attempts(50, 'sign_in:b', 10))).toBe(10);
  });

  test('a returned attempt can be used again', async () => {
    await attempts(10, 'sign_in:a', 10);
    await Promise.all([1, 2, 3].map((n) => throttle.giveBack(one(n), 'sign_in:a')));
    expect(allowedOf(await attempts(10, 'sign_in:a', 10))).toBe(3);
    await throttle.giveBack(one(), 'sign_in:nobody');
    await attempts(1, 'sign_in:b', 1);
    await throttle.giveBack(one(), 'sign_in:b');
    await throttle.giveBack(one(), 'sign_in:b');
    expect(allowedOf(await attempts(2, 'sign_in:b', 1))).toBe(1);
  });

  test('returns the remaining attempts and the wait', async () => {
    const [first] = await attempts(1, 'sign_in:a', 2);
    expect(first).toEqual({ allowed: true, limit: 2, remaining: 1, resetMs: HOUR_MS, retryAfterMs: 0 });
    await attempts(1, 'sign_in:a', 2);
    const [refused] = await attempts(1, 'sign_in:a', 2);
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    for (const ms of [refused?.resetMs, refused?.retryAfterMs]) {
      expect(ms).toBeGreaterThan(HOUR_MS - 60_000);
      expect(ms).toBeLessThanOrEqual(HOUR_MS);
    }
  });

  test('allows new attempts one by one as old ones leave the window', async () => {
    expect(allowedOf(await attempts(1, 'sign_in:a', 2))).toBe(1);
    await pass(40);
    expect(allowedOf(await attempts(2, 'sign_in:a', 2))).toBe(1);
    await pass(15);
    expect(allowedOf(await attempts(2, 'sign_in:a', 2))).toBe(0);
    await pass(10);
    expect(allowedOf(await attempts(2, 'sign_in:a', 2))).toBe(1);
  });

  test('lets come again when the first attempt is over, and refused ones do not make that later', async () => {
    await attempts(1, 'sign_in:a', 2);
    await pass(10);
    await attempts(1, 'sign_in:a', 2);
    for (const { resetMs, retryAfterMs } of await attempts(20, 'sign_in:a', 2)) {
      expect(retryAfterMs).toBeLessThan(resetMs - 9 * 60_000);
    }
  });

  test('a lowered limit applies at once', async () => {
    await attempts(10, 'sign_in:a', 10);
    expect(allowedOf(await attempts(5, 'sign_in:a', 3))).toBe(0);
  });

  test('forgets a key that has succeeded', async () => {
    await attempts(5, 'sign_in:a', 3);
    await throttle.forget(one(), 'sign_in:a');
    expect(allowedOf(await attempts(5, 'sign_in:a', 3))).toBe(3);
  });

  test('prunes expired keys only', async () => {
    for (let n = 0; n < 25; n += 1) await attempts(2, `sign_in:${n}`, 2, 1);
    await attempts(5, 'sign_in:kept', 3);
    let pruned = 0;
    await until('all that are over are gone', async () => (pruned += await throttle.prune(one(), 10)) === 25);
    expect(await one().query('SELECT key FROM platform.throttle')).toEqual([{ key: 'sign_in:kept' }]);
  });
});
