// Errors that use cases throw. Plain classes with a stable code; no transport type. The kind decides the HTTP status
// (see http-status.ts) and, on the bus, the service error code.

/** What went wrong, seen from the caller. One table maps each kind to one HTTP status. */
export type ErrorKind =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'not_acceptable'
  | 'conflict'
  | 'precondition_failed'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'invalid'
  | 'rate_limited'
  | 'internal'
  | 'unavailable'
  | 'timed_out';

/** One fault of one field of the input; `field` is a path such as `operations[3].task.title`. */
export interface FieldFault {
  field: string;
  issue: string;
}

/** Free-form, JSON-able facts about an error: an array of field faults for invalid input, an object otherwise. */
export type ErrorDetails = FieldFault[] | Record<string, unknown>;

/** An error that may cross every boundary: its code is stable snake_case and part of the public contract. */
export class DomainError extends Error {
  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
    message: string,
    readonly details?: ErrorDetails,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DomainError';
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

/** A state that refuses the change; the code names the conflict, such as `duplicate_task`. */
export class ConflictError extends DomainError {
  constructor(code: string, message: string, details?: ErrorDetails) {
    super('conflict', code, message, details);
    this.name = 'ConflictError';
  }
}

/** `If-Match` named another version than the current one. */
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

/** Well-formed input that breaks a rule; every fault names its field. */
export class InvalidInputError extends DomainError {
  constructor(faults: FieldFault[], code = 'validation_error', message?: string) {
    super('invalid', code, message ?? faults.map((fault) => `${fault.field}: ${fault.issue}`).join('; '), faults);
    this.name = 'InvalidInputError';
  }
}

/** Something this service needs is away; the same call may succeed later. */
export class UnavailableError extends DomainError {
  constructor(message: string, options?: ErrorOptions) {
    super('unavailable', 'unavailable', message, undefined, options);
    this.name = 'UnavailableError';
  }
}
