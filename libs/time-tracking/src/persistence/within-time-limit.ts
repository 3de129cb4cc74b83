// Reports look at as much as they are asked to: each runs under a time limit, so that one caller's question cannot hold the
// database against all others.
import type { Executor, TransactionalExecutor } from '@mono/platform';
import { DomainError } from '@mono/platform/errors';
import { DatabaseError } from 'pg';

/** How long the database may work on one page of a report. */
export const REPORT_TIME_LIMIT_MS = 20_000;

/** SQLSTATE query_canceled: here, statement_timeout. */
const QUERY_CANCELED = '57014';

/**
 * Compiling to machine code costs more than these statements do. Tables are read by their indexes, also where statistics are
 * missing or wrong: what a report costs is to follow what it covers. A month of 50,000 tasks is kept in memory meanwhile.
 */
const PREPARE = `SELECT date_trunc('milliseconds', clock_timestamp()) AS now, set_config('statement_timeout', $1, true),
  set_config('jit', 'off', true), set_config('enable_seqscan', 'off', true), set_config('work_mem', '32MB', true)`;

/**
 * @param work with the database's time, in milliseconds since 1970.
 * @throws DomainError `query_too_expensive` (422: the same question will not do better; a narrower one will).
 */
export async function withinTimeLimit<T>(
  database: TransactionalExecutor,
  limitMs: number,
  work: (on: Executor, now: number) => Promise<T>,
): Promise<T> {
  try {
    return await database.transaction(async (on) => {
      const [row] = await on.query<{ now: string }>(PREPARE, [String(limitMs)]);
      return work(on, Date.parse(row?.now ?? ''));
    });
  } catch (error) {
    if (error instanceof DatabaseError && error.code === QUERY_CANCELED) throw tooExpensive(limitMs, error);
    throw error;
  }
}

function tooExpensive(limitMs: number, cause: Error): DomainError {
  return new DomainError(
    'invalid',
    'query_too_expensive',
    `This report takes longer than ${limitMs} ms here: narrow it by a shorter time, or by list_id, task_id or assignee_id.`,
    { limit_ms: limitMs },
    { cause },
  );
}
