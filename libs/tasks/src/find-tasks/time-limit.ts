// Filters combine freely, and no set of indexes serves every combination: what is not bounded by its shape runs under a
// time limit, so that one caller's odd question cannot hold the database against all others.
import { DomainError, type Database } from '@mono/platform';
import { DatabaseError } from 'pg';
import type { TaskStatement } from './task-statement.js';

/** How long the database may work on one query of a shape that is not bounded. */
export const FIND_TIME_LIMIT_MS = 5_000;

/** SQLSTATE query_canceled: here, statement_timeout. */
const QUERY_CANCELED = '57014';

/** @throws DomainError `query_too_expensive` (422: the same question will not do better; a narrower one will). */
export async function runFind<Row extends object>(
  database: Database,
  statement: Pick<TaskStatement, 'name' | 'text' | 'values' | 'bounded'>,
  limitMs: number,
): Promise<Row[]> {
  if (statement.bounded) return database.query<Row>(statement, statement.values);
  try {
    return await database.transaction(async (transaction) => {
      // Compiling to machine code costs more than these statements do.
      await transaction.query(`SELECT set_config('statement_timeout', $1, true), set_config('jit', 'off', true)`, [
        String(limitMs),
      ]);
      return transaction.query<Row>(statement, statement.values);
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
    `This combination of filters and order takes longer than ${limitMs} ms here: narrow it by list_id, assignee_id, tag or a window of time, or leave count=exact out.`,
    { limit_ms: limitMs },
    { cause },
  );
}
