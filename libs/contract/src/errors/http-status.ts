// The one table from kinds of error to HTTP statuses.
import type { ErrorKind } from './domain-error.js';

export const HTTP_STATUS: Readonly<Record<ErrorKind, number>> = {
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  not_acceptable: 406,
  conflict: 409,
  gone: 410,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  invalid: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  timed_out: 504,
};

const KIND_BY_STATUS = new Map(
  Object.entries(HTTP_STATUS).map(([kind, status]) => [status, kind as ErrorKind] as const),
);

/** The other way: undefined for a status that no kind has. */
export function kindOfStatus(status: number): ErrorKind | undefined {
  return KIND_BY_STATUS.get(status);
}
