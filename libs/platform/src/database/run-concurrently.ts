// For migrations that others' writes must not wait for.
import type { QueryRunner } from 'typeorm';

/** SQLSTATE lock_not_available: others' transactions have lasted too long. */
export const LOCK_NOT_AVAILABLE = '55P03';
const LOCK_TIMEOUT = '60s';

/**
 * Runs statements such as CREATE INDEX CONCURRENTLY, in a migration with `transaction = false`. They wait for all transactions that
 * have begun before; where one lasts too long, `migrate` begins the migration anew, so each may find what a former attempt has left.
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
