// For migrations that must not block writes.
import type { QueryRunner } from 'typeorm';

/** SQLSTATE lock_not_available: other transactions have lasted too long. */
export const LOCK_NOT_AVAILABLE = '55P03';
const LOCK_TIMEOUT = '60s';

/**
 * Runs statements such as CREATE INDEX CONCURRENTLY, in a migration with `transaction = false`. They wait for all earlier
 * transactions. If one lasts too long, `migrate` restarts the migration, so that each statement must accept the remains of a
 * former attempt.
 */
export async function runConcurrently(runner: QueryRunner, statements: readonly string[]): Promise<void> {
  await runner.query('SET statement_timeout = 0');
  await runner.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
  try {
    for (const statement of statements) await runner.query(statement);
  } finally {
    await runner.query('RESET statement_timeout');
    await runner.query('RESET lock_timeout');
  }
}
