// Distinguishes an unavailable database from a rejected statement. The former becomes UnavailableError (503, retryable), the
// latter stays pg's DatabaseError, in which stores recognise constraints by name.
import { DatabaseError } from 'pg';
import { UnavailableError } from '@mono/contract';

/** disk_full */
const DISK_FULL = '53100';
/** SQLSTATE classes and codes (PostgreSQL, appendix A) for transient failures. */
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

/** Reads continue. Writes succeed again once there is space. */
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

/** A fatal error ends or rejects the connection, such as during a restart or after a change of the password. */
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
  return new UnavailableError('The database is unavailable.', { cause });
}
