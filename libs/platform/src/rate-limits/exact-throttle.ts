// Counts attempts exactly, across all instances: for what is rare and must not be guessed, such as passwords. PostgreSQL
// decides each attempt in one statement, in the line of its key's row, by its own clock.
import type { Executor } from '../database/executor.js';
import type { RateLimit, Verdict } from './verdict.js';

interface ThrottleRow {
  allowed: boolean;
  remaining: number;
  reset_ms: number;
  retry_after_ms: number;
}

/** Every allowed attempt is kept until its window is over; a refused one leaves no trace. */
const ATTEMPT = {
  name: 'platform.attempt_throttle',
  text: `INSERT INTO platform.throttle AS t (key, attempts, allowed, expires_at)
    VALUES ($1, ARRAY[statement_timestamp()], true, statement_timestamp() + make_interval(secs => $3))
    ON CONFLICT (key) DO UPDATE SET (attempts, allowed, expires_at) = (
      SELECT CASE WHEN cardinality(live) < $2 THEN live || statement_timestamp() ELSE live END,
        cardinality(live) < $2,
        CASE WHEN cardinality(live) < $2 THEN statement_timestamp() + make_interval(secs => $3) ELSE t.expires_at END
      FROM (SELECT ARRAY(
        SELECT at FROM unnest(t.attempts) AS at WHERE at > statement_timestamp() - make_interval(secs => $3) ORDER BY at
      ) AS live) AS past)
    RETURNING allowed, greatest(0, $2 - cardinality(attempts)) AS remaining,
      extract(epoch FROM expires_at - statement_timestamp())::float8 * 1000 AS reset_ms,
      CASE WHEN allowed THEN 0 ELSE extract(epoch FROM
        attempts[cardinality(attempts) - $2 + 1] + make_interval(secs => $3) - statement_timestamp()
      )::float8 * 1000 END AS retry_after_ms`,
};

const GIVE_BACK = {
  name: 'platform.give_back_throttle',
  text: `UPDATE platform.throttle SET attempts = trim_array(attempts, 1) WHERE key = $1 AND cardinality(attempts) > 0`,
};

/** Rows per statement, so that no pruning holds its locks for long. */
const BATCH_ROWS = 5_000;

export class ExactThrottle {
  /**
   * Takes one attempt of what `key` may, or nothing when it is refused.
   *
   * @param on no transaction: one that rolls back would forget the attempt, and until it ends others wait for it.
   * @param key `<class>:<subject>`; a subject that is personal should come as its digest.
   * @param limit at least 1, and small: each allowed attempt is kept for its window.
   */
  async attempt(on: Executor, key: string, { limit, windowMs }: RateLimit): Promise<Verdict> {
    const [row] = await on.query<ThrottleRow>(ATTEMPT, [key, limit, windowMs / 1_000]);
    if (!row) throw new Error('An attempt came to no verdict.');
    const { allowed, remaining, reset_ms: resetMs, retry_after_ms: retryAfterMs } = row;
    return { allowed, limit, remaining, resetMs: Math.ceil(resetMs), retryAfterMs: Math.ceil(retryAfterMs) };
  }

  /** Returns the attempt that was taken last. Which one it is makes no difference to how many are left. */
  async giveBack(on: Executor, key: string): Promise<void> {
    await on.query(GIVE_BACK, [key]);
  }

  /** Frees a key. */
  async forget(on: Executor, key: string): Promise<void> {
    await on.query('DELETE FROM platform.throttle WHERE key = $1', [key]);
  }

  /** Deletes keys whose windows are over, batch by batch; several nodes may do so at once. @returns how many were deleted. */
  async prune(on: Executor, batchRows = BATCH_ROWS): Promise<number> {
    let pruned = 0;
    for (;;) {
      const rows = await on.query(
        `DELETE FROM platform.throttle WHERE key IN (
           SELECT key FROM platform.throttle WHERE expires_at < now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED
         ) RETURNING 1`,
        [batchRows],
      );
      pruned += rows.length;
      if (rows.length < batchRows) return pruned;
    }
  }
}
