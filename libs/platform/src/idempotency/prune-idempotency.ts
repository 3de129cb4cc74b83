import type { Executor } from '../database/executor.js';
import { IDEMPOTENCY_AGE_MS } from './idempotently.js';

/** Rows per statement, so that no pruning holds its locks for long. */
const BATCH_ROWS = 5_000;

/**
 * Deletes the keys that are past their time from a module's table, batch by batch; several nodes may do so at once.
 * @returns how many were deleted.
 */
export async function pruneIdempotency(on: Executor, schema: string, batchRows = BATCH_ROWS): Promise<number> {
  let pruned = 0;
  for (;;) {
    const rows = await on.query<{ count: number }>(
      `WITH "old" AS (
         SELECT ctid FROM "${schema}"."idempotency"
         WHERE "created_at" < now() - interval '${IDEMPOTENCY_AGE_MS} milliseconds'
         ORDER BY "created_at" LIMIT $1 FOR UPDATE SKIP LOCKED
       ), "gone" AS (
         DELETE FROM "${schema}"."idempotency" WHERE ctid IN (SELECT ctid FROM "old") RETURNING 1
       ) SELECT count(*)::integer AS "count" FROM "gone"`,
      [batchRows],
    );
    const count = rows[0]?.count ?? 0;
    pruned += count;
    if (count < batchRows) return pruned;
  }
}
