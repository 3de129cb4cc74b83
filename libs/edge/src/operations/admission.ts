// The checks that REST and NATS share: whether the caller may call, how often, and under which conditions.
import {
  parseIdempotencyKey,
  parseIfMatch,
  requireRights,
  type CallContext,
  type NeededRights,
  type Principal,
} from '@mono/contract';
import { rateLimited, type RequestClass, type RequestLimits } from '../rate-limits/request-limits.js';
import type { Verdict } from '@mono/platform';
import { rateLimitHeaders } from '../rate-limits/rate-limit-headers.js';

/** Receives the headers with the caller's limit, also where the call is refused. */
type SayLimit = (headers: Record<string, string>) => unknown;

/** @throws DomainError `rate_limited`, `forbidden`. */
export function admit(
  principal: Principal,
  needed: NeededRights,
  reads: boolean,
  limits: RequestLimits | undefined,
  sayLimit: SayLimit,
): void {
  if (limits) requireWithin(limits.take(classOf(reads), principal.id), sayLimit);
  requireRights(principal, needed);
}

/** For a call that needs no credential. @param origin an address, or `nats:<user>`. @throws DomainError `rate_limited`. */
export function admitAnybody(
  origin: string,
  reads: boolean,
  limits: RequestLimits | undefined,
  sayLimit: SayLimit,
): void {
  if (limits) requireWithin(limits.takeFrom(classOf(reads), origin), sayLimit);
}

function classOf(reads: boolean): RequestClass {
  return reads ? 'reads' : 'writes';
}

function requireWithin(verdict: Verdict, sayLimit: SayLimit): void {
  sayLimit(rateLimitHeaders(verdict));
  if (!verdict.allowed) throw rateLimited(verdict.limit, verdict.retryAfterMs);
}

/** @throws InvalidInputError for a header that has not its form; DomainError `version_conflict` for a tag that no version has. */
export function conditionsOf(
  { ifMatch, idempotencyKey }: { ifMatch?: boolean | undefined; idempotencyKey?: boolean | undefined },
  header: (name: string) => string | undefined,
): Pick<CallContext, 'expectedVersion' | 'idempotencyKey'> {
  const conditions: Pick<CallContext, 'expectedVersion' | 'idempotencyKey'> = {};
  const tag = ifMatch ? header('if-match') : undefined;
  if (tag !== undefined) conditions.expectedVersion = parseIfMatch(tag);
  const key = idempotencyKey ? header('idempotency-key') : undefined;
  if (key !== undefined) conditions.idempotencyKey = parseIdempotencyKey(key);
  return conditions;
}
