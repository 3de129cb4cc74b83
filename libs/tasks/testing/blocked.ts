// For tests of races: knows when a statement waits for a lock, so that the other side need not guess.
import type { Database } from '@mono/platform';
import { until } from '../../../test/support/until.ts';

/** Ends once `count` connections to the database wait for a lock. @throws when none does for long. */
export async function untilBlocked(database: Database, count = 1): Promise<void> {
  await until(`${count} statements wait for a lock`, async () => {
    const waiting = await database.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return waiting.length >= count;
  });
}
