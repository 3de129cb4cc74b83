// Converts any thrown value to the description of a response: status, code, message, details, headers.
import { HttpException } from '@nestjs/common';
import { DatabaseError } from 'pg';
import { DomainError, HTTP_STATUS, type ErrorDetails } from '@mono/contract';

export interface HttpFault {
  status: number;
  code: string;
  message: string;
  details?: ErrorDetails | undefined;
  headers?: Readonly<Record<string, string>>;
}

/** Seconds before a client should retry after `unavailable`. */
export const RETRY_AFTER_SECONDS = 1;

/** An error of the edge itself. */
export class EdgeError extends Error {
  constructor(readonly fault: HttpFault) {
    super(fault.message);
    this.name = 'EdgeError';
  }
}

export const invalidJson = (message: string): EdgeError =>
  new EdgeError({ status: 400, code: 'invalid_json', message });

export function toHttpFault(error: unknown): HttpFault {
  if (error instanceof DomainError) return ofDomain(error);
  if (error instanceof EdgeError) return error.fault;
  if (error instanceof DatabaseError) return BY_SQLSTATE[error.code ?? ''] ?? INTERNAL;
  if (error instanceof HttpException) return ofStatus(error.getStatus(), error.message);
  if (error instanceof Error) {
    const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
    const known = typeof code === 'string' ? BY_FASTIFY_CODE[code] : undefined;
    if (known) return known;
    if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
      return ofStatus(statusCode, error.message);
  }
  return INTERNAL;
}

const INTERNAL: HttpFault = { status: 500, code: 'internal_error', message: 'Something went wrong on the server.' };

const BUSY: HttpFault = {
  status: 503,
  code: 'unavailable',
  message: 'The request took too long or met too many others; try again.',
  headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
};

/** SQLSTATEs (PostgreSQL, appendix A) that are no fault of the code. All others become a 500. */
const BY_SQLSTATE: Readonly<Record<string, HttpFault>> = {
  '57014': BUSY, // query_canceled: statement_timeout
  '55P03': BUSY, // lock_not_available: lock_timeout
  '40001': BUSY, // serialization_failure
  '40P01': BUSY, // deadlock_detected
  '23503': BUSY, // foreign_key_violation: lost a race against another change
  '23505': BUSY, // unique_violation: the same; modules report those that a client can cause
};

const BY_FASTIFY_CODE: Readonly<Record<string, HttpFault>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, code: 'payload_too_large', message: 'The body is larger than 1 MiB.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    message: 'The body must be JSON: Content-Type: application/json.',
  },
  FST_ERR_BAD_URL: { status: 400, code: 'invalid_url', message: 'The path is not well percent-encoded.' },
  FST_ERR_MAX_PARAM_LENGTH: { status: 414, code: 'uri_too_long', message: 'A part of the path is too long.' },
};

function ofDomain(error: DomainError): HttpFault {
  const fault = { status: HTTP_STATUS[error.kind], code: error.code, message: error.message, details: error.details };
  if (error.kind === 'unauthorized') return { ...fault, headers: { 'www-authenticate': 'Bearer' } };
  if (error.kind === 'unavailable' || error.kind === 'rate_limited') {
    return { ...fault, headers: { 'retry-after': String(retryAfter(error)) } };
  }
  return fault;
}

function retryAfter({ details }: DomainError): number {
  const seconds = details && !Array.isArray(details) ? details['retry_after'] : undefined;
  return typeof seconds === 'number' ? Math.max(1, Math.ceil(seconds)) : RETRY_AFTER_SECONDS;
}

const CODE_BY_STATUS: Readonly<Record<number, string>> = {
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  408: 'request_timeout',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
};

function ofStatus(status: number, message: string): HttpFault {
  return status >= 500 ? INTERNAL : { status, code: CODE_BY_STATUS[status] ?? 'bad_request', message };
}
