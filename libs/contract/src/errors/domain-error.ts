// Errors that use cases throw, independent of the transport. The kind determines the HTTP status (http-status.ts) and the
// service error code on the bus.

import { completeFaults, errorCodeOf, sharedErrorCode, type FieldFault } from './field-faults.js';

/** The kind of a failure as the caller sees it. HTTP_STATUS maps each kind to a status. */
export type ErrorKind =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'not_acceptable'
  | 'conflict'
  | 'gone'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'invalid'
  | 'rate_limited'
  | 'internal'
  | 'unavailable'
  | 'timed_out';

/** JSON facts about an error: an array of field faults for invalid input, otherwise an object. */
export type ErrorDetails = FieldFault[] | Record<string, unknown>;

/** An error that keeps its code across boundaries. The code is snake_case and part of the public contract. */
export class DomainError extends Error {
  readonly details: ErrorDetails | undefined;

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    details?: ErrorDetails,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DomainError';
    this.details = Array.isArray(details) ? completeFaults(details) : details;
  }
}

/** @param thing may be snake_case. */
export function missing(thing: string, id: string): string {
  return `No ${thing.replaceAll('_', ' ')} with the id ${id}.`;
}

/** `<thing>_not_found`, also for another workspace's things. */
export class NotFoundError extends DomainError {
  constructor(thing: string, id: string) {
    super('not_found', `${thing}_not_found`, missing(thing, id), { id });
    this.name = 'NotFoundError';
  }
}

/** The current state conflicts with the change. The code names the conflict, such as `duplicate_task`. */
export class ConflictError extends DomainError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('conflict', code, message, details);
    this.name = 'ConflictError';
  }
}

/** `If-Match` does not name the current version. */
export class VersionConflictError extends DomainError {
  constructor(currentVersion: number) {
    super(
      'precondition_failed',
      'version_conflict',
      `The resource has changed since: its version is now ${currentVersion}.`,
      { current_version: currentVersion },
    );
    this.name = 'VersionConflictError';
  }
}

/** The input is well-formed but invalid. Every fault names its field. @param code default: what the faults share. */
export class InvalidInputError extends DomainError {
  constructor(
    faults: FieldFault[],
    code = sharedErrorCode(faults.map((fault) => errorCodeOf(fault))),
    message?: string,
  ) {
    super('invalid', code, message ?? faults.map((fault) => `${fault.field}: ${fault.issue}`).join('; '), faults);
    this.name = 'InvalidInputError';
  }
}

/** A dependency is unavailable. The same call may succeed later. */
export class UnavailableError extends DomainError {
  constructor(message: string, options?: ErrorOptions) {
    super('unavailable', 'unavailable', message, undefined, options);
    this.name = 'UnavailableError';
  }
}
