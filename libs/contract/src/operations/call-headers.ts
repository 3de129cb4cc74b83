// The conditions of a call as they travel in headers of the bus.
import type { CallContext, PublicContext } from '../context/call-context.js';

export const CALL_HEADER = {
  /** Where the caller spoke from, as the edge saw it. */
  source: 'Bus-Source',
  userAgent: 'Bus-User-Agent',
  ifMatch: 'If-Match',
  idempotencyKey: 'Idempotency-Key',
  replayed: 'Idempotent-Replayed',
} as const;

export function callHeadersOf(call: CallContext | PublicContext): Record<string, string> {
  const headers: Record<string, string> = {};
  if ('principal' in call) {
    const { source, expectedVersion, idempotencyKey } = call;
    if (source !== undefined) headers[CALL_HEADER.source] = source;
    if (expectedVersion !== undefined) headers[CALL_HEADER.ifMatch] = `"${expectedVersion}"`;
    if (idempotencyKey !== undefined) headers[CALL_HEADER.idempotencyKey] = idempotencyKey;
  } else {
    headers[CALL_HEADER.source] = call.address;
    if (call.userAgent !== undefined) headers[CALL_HEADER.userAgent] = call.userAgent;
  }
  return headers;
}
