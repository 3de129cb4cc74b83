// Tells "the database is away" from "the statement was refused": the first becomes UnavailableError (503, retryable),
// the second stays pg's own DatabaseError, for stores to recognise constraints by name.
import { DatabaseError } from 'pg';
import { UnavailableError } from '@mono/contract';

/** disk_full */
const DISK_FULL = '53100';
/** SQLSTATE classes and codes (PostgreSQL, appendix A) that mean: not now. */
const AWAY = /^(?:08|53|58|57P0[1-5]|25P03|25006)/;
const AWAY_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EHOSTUNREACH',
]);

/** Reads work on; writes work again by themselves once there is space. */
export class DiskFullError extends UnavailableError {
  constructor(options?: ErrorOptions) {
    super('The disk of the database is full: an operator must free space there.', options);
    this.name = 'DiskFullError';
  }
}

/** Violations that stores translate: unique 23505, foreign key 23503, check 23514, exclusion 23P01. */
export function violatedConstraint(error: unknown): string | undefined {
  return error instanceof DatabaseError && error.code?.startsWith('23') ? error.constraint : undefined;
}

/** A fatal error ends the connection, or refuses it: a database that takes none for a while, a password that has changed. */
function isAway({ code = '', severity }: DatabaseError): boolean {
  return AWAY.test(code) || severity === 'FATAL';
}

export function translatePgError(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    if (error.code === DISK_FULL) return new DiskFullError({ cause: error });
    return isAway(error) ? away(error) : error;
  }
  if (!(error instanceof Error)) return error;
  const code = (error as NodeJS.ErrnoException).code;
  const lost =
    (code !== undefined && AWAY_SYSTEM_CODES.has(code)) ||
    /connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Connection terminated/i.test(
      error.message,
    );
  return lost ? away(error) : error;
}

function away(cause: Error): UnavailableError {
  return new UnavailableError('The database cannot be reached at the moment.', { cause });
}
