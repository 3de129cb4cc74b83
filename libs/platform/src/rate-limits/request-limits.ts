// How much of the API a caller may use: reads and writes of a credential, and what is asked without a valid one from an
// address. Decided from memory; see ../../decisions/0005-rate-limits.md.
import { DomainError } from '../errors/index.js';
import { networkOf } from './network-of.js';
import type { RateLimiter } from './rate-limiter.js';
import type { RateLimit, Verdict } from './verdict.js';

/** Requests per minute. */
export interface RequestLimitSettings {
  reads: number;
  writes: number;
  /** Per address. */
  refusals: number;
}

export type RequestClass = 'reads' | 'writes';

const MINUTE_MS = 60_000;
/** Addresses that are refused at sight; beyond, they are verified like others. */
const MOST_REFUSED = 10_000;

export class RequestLimits {
  private readonly refusedUntil = new Map<string, number>();

  constructor(
    private readonly limiter: RateLimiter,
    private readonly settings: RequestLimitSettings,
  ) {}

  /** @param subject the id of the credential. */
  take(kind: RequestClass, subject: string): Verdict {
    return this.limiter.take(`${kind}:${subject}`, perMinute(this.settings[kind]));
  }

  /** Of what needs no credential. */
  takeFrom(kind: RequestClass, address: string): Verdict {
    return this.take(kind, `address ${networkOf(address)}`);
  }

  /** Before a credential is looked at. @throws DomainError `rate_limited` for an address that has been refused too often. */
  demandAdmissible(address: string): void {
    if (this.refusedUntil.size === 0) return;
    const network = networkOf(address);
    const until = this.refusedUntil.get(network);
    if (until === undefined) return;
    const leftMs = until - Date.now();
    if (leftMs > 0) throw rateLimited(this.settings.refusals, leftMs);
    this.refusedUntil.delete(network);
  }

  /** After a request without a valid credential. */
  noteRefusal(address: string): void {
    const network = networkOf(address);
    const { remaining, retryAfterMs } = this.limiter.take(`refusals:${network}`, perMinute(this.settings.refusals));
    if (remaining > 0) return;
    if (this.refusedUntil.size >= MOST_REFUSED) this.refusedUntil.clear();
    this.refusedUntil.set(network, Date.now() + Math.max(1_000, retryAfterMs));
  }
}

export function rateLimited(limit: number, retryAfterMs: number): DomainError {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  const message = `More than ${limit} requests a minute: try again in ${seconds} s.`;
  return new DomainError('rate_limited', 'rate_limited', message, { limit, retry_after: seconds });
}

function perMinute(limit: number): RateLimit {
  return { limit, windowMs: MINUTE_MS };
}
