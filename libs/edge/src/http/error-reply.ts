// Sends every non-2xx answer: the error envelope, or a problem document (RFC 9457) where the client prefers it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { prefersProblem, toHttpFault, type HttpFault } from '@mono/platform';

export interface ErrorReporting {
  /** Development only: the answer shows what went wrong inside. */
  showCauses: boolean;
  /** Called for every error that is the server's own fault. */
  log(error: unknown, request: { id: string; method: string; route: string | undefined }): void;
}

export function sendError(
  reporting: ErrorReporting,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const fault = toHttpFault(error);
  if (fault.status >= 500) {
    reporting.log(error, { id: request.id, method: request.method, route: request.routeOptions?.url });
  }
  if (reply.sent) return;
  const problem = prefersProblem(request.headers.accept);
  const cause = reporting.showCauses ? causeOf(error) : undefined;
  // Closed at once, a client that is still sending would see a broken pipe rather than the answer. Node reads the rest
  // away; the request's time limit bounds it.
  if (fault.status === 413) void reply.removeHeader('connection');
  if (fault.headers) void reply.headers(fault.headers);
  // They describe a stream that has failed before its first byte.
  void reply.removeHeader('content-encoding').removeHeader('etag');
  void reply
    .code(fault.status)
    .type(problem ? 'application/problem+json; charset=utf-8' : 'application/json; charset=utf-8')
    .send(errorBody(fault, request.id, problem, cause));
}

export function errorBody(fault: HttpFault, requestId: string, problem: boolean, cause?: string): string {
  const { status, code, message, details = null } = fault;
  const shown = cause === undefined ? {} : { cause };
  return JSON.stringify(
    problem
      ? { type: 'about:blank', title: code, status, detail: message, code, details, request_id: requestId, ...shown }
      : { error: { code, message, details, request_id: requestId, ...shown } },
  );
}

/** The innermost reason, which is what a developer looks for; undefined where the error says it all itself. */
function causeOf(error: unknown): string | undefined {
  let inner = error;
  while (inner instanceof Error && inner.cause !== undefined) inner = inner.cause;
  if (inner === error && toHttpFault(error).status < 500) return undefined;
  return inner instanceof Error ? (inner.stack ?? inner.message) : String(inner);
}
