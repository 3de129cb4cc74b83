// Errors that cross the bus: ADR-32's two headers and a body {code, message, details, request_id}.

/** The fields of an error on the wire. */
export interface WireError {
  /** An HTTP status; also `Nats-Service-Error-Code`. */
  status: number;
  /** Stable, snake_case. */
  code: string;
  message: string;
  details?: unknown;
}

/** The codes of the bus and their statuses. */
export const BUS_ERRORS = {
  /** No node answers, NATS is not connected, or the circuit is open. */
  unavailable: 503,
  /** Both the concurrency and the queue of the handler are exhausted. */
  queue_full: 503,
  /** No reply in time. The request may have been handled. */
  deadline_exceeded: 504,
  method_not_found: 404,
  invalid_json: 400,
  validation_error: 422,
  unauthorized: 401,
  forbidden: 403,
  payload_too_large: 413,
  reply_too_large: 413,
  internal_error: 500,
} as const;
export type BusErrorCode = keyof typeof BUS_ERRORS;

export class BusError extends Error implements WireError {
  readonly status: number;
  readonly code: string;
  readonly details: unknown;

  constructor({ status, code, message, details }: WireError, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BusError';
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export function busError(code: BusErrorCode, message: string, details?: unknown): BusError {
  return new BusError({ status: BUS_ERRORS[code], code, message, details });
}

/** Whether a retry may succeed. */
export function isRetryable({ code }: Pick<WireError, 'code'>): boolean {
  return code === 'unavailable' || code === 'queue_full' || code === 'deadline_exceeded';
}

/** Maps errors of the host application to the wire and back. */
export interface ErrorMapping {
  /** @returns undefined for internal errors: callers then receive `internal_error` without details. */
  toWire(error: unknown): WireError | undefined;
  /** The error that a caller catches. */
  fromWire(error: WireError): Error;
}

export const plainErrors: ErrorMapping = {
  toWire: (error) => (error instanceof BusError ? error : undefined),
  fromWire: (error) => (error instanceof BusError ? error : new BusError(error)),
};

const INTERNAL: WireError = {
  status: BUS_ERRORS.internal_error,
  code: 'internal_error',
  message: 'Something went wrong on the server.',
};

/** The part of an error that a caller may see. */
export function wireErrorOf(mapping: ErrorMapping, error: unknown): WireError {
  return (error instanceof BusError ? error : mapping.toWire(error)) ?? INTERNAL;
}
