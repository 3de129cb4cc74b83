// How much of the API a caller may use: reads and writes of a credential, and requests without a valid one from an origin,
// which is an address or a NATS user. Decided from memory; see ../../decisions/0005-rate-limits.md and 0008-refusals.md.
import { DomainError, type Principal } from '@mono/contract';
import { networkOf, type Authenticator, type Credentials, type RateLimit, type Verdict } from '@mono/platform';
import type { RateLimiter } from './rate-limiter.js';

/** Requests per minute. */
export interface RequestLimitSettings {
  reads: number;
  writes: number;
  /** Per origin. */
  refusals: number;
}

export type RequestClass = 'reads' | 'writes';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const SECONDS_PER_MINUTE = 60;
/** Origins beyond their limit of refusals; further ones are treated like those within it. */
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

  /** Takes one request that needs no credential. */
  takeFrom(kind: RequestClass, address: string): Verdict {
    return this.take(kind, `address ${networkOf(address)}`);
  }

  /**
   * Authenticates, and counts refusals by their origin. Beyond its limit an origin's valid credentials are still served: known
   * ones at once, and unknown ones as long as its few look-ups a second last.
   * @param origin an address, or `nats:<user>`.
   * @throws DomainError `rate_limited`, or what the authenticator throws.
   */
  async authenticate(authenticator: Authenticator, credentials: Credentials, origin: string): Promise<Principal> {
    this.requireLookUp(authenticator, credentials, origin);
    try {
      return await authenticator.authenticate(credentials);
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'unauthorized') this.noteRefusal(origin);
      throw error;
    }
  }

  private requireLookUp(authenticator: Authenticator, credentials: Credentials, origin: string): void {
    if (this.refusedUntil.size === 0) return;
    const network = networkOf(origin);
    const until = this.refusedUntil.get(network);
    if (until === undefined) return;
    const leftMs = until - Date.now();
    if (leftMs <= 0) {
      this.refusedUntil.delete(network);
      return;
    }
    const standing = authenticator.standingOf(credentials);
    if (standing === 'known') return;
    if (standing === 'malformed') throw rateLimited(this.settings.refusals, leftMs);
    const { allowed, retryAfterMs } = this.limiter.take(`lookups:${network}`, {
      limit: Math.ceil(this.settings.refusals / SECONDS_PER_MINUTE),
      windowMs: SECOND_MS,
    });
    if (!allowed) throw rateLimited(this.settings.refusals, retryAfterMs);
  }

  /** After a request without a valid credential. */
  private noteRefusal(origin: string): void {
    const network = networkOf(origin);
    const { remaining, retryAfterMs } = this.limiter.take(`refusals:${network}`, perMinute(this.settings.refusals));
    if (remaining > 0) return;
    if (this.refusedUntil.size >= MOST_REFUSED) this.refusedUntil.clear();
    this.refusedUntil.set(network, Date.now() + Math.max(SECOND_MS, retryAfterMs));
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
