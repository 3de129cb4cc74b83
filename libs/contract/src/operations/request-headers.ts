// The headers that every route understands.
import { uuidv7 } from 'uuidv7';
import { InvalidInputError } from '../errors/index.js';

const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** The client's own request id where it is sane, else a new one. */
export function requestIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' && REQUEST_ID.test(header) ? header : uuidv7();
}

/** @throws InvalidInputError */
export function parseIdempotencyKey(header: string): string {
  if (!IDEMPOTENCY_KEY.test(header)) {
    throw new InvalidInputError([
      {
        field: 'Idempotency-Key',
        code: 'wrong_format',
        issue: 'must be 1 to 255 visible ASCII characters without spaces',
      },
    ]);
  }
  return header;
}
