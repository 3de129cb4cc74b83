// How often somebody may try a password or have a mail sent: by account and by address, exactly, among all nodes. Of an IPv6
// address its network counts.
import { createHash } from 'node:crypto';
import { DomainError, networkOf, type RateLimit, type Throttle } from '@mono/platform';

const WINDOW_MS = 5 * 60 * 1_000;
/** Whether there is such an account makes no difference. */
const PER_ACCOUNT = { limit: 20, windowMs: WINDOW_MS };
/** A company can sit behind one address. */
const PER_ADDRESS = { limit: 200, windowMs: WINDOW_MS };

export class SignInThrottle {
  constructor(private readonly throttle: Throttle) {}

  /**
   * Counts an attempt. An address that has tried too often takes nothing from the accounts that it tries.
   * @param account the address of the account that is meant, folded.
   * @param address the client's IP address.
   * @throws DomainError `rate_limited` with `retry_after` in seconds.
   */
  async attempt(account: string, address: string): Promise<void> {
    await this.attemptFrom(address);
    await demandAttempt(this.throttle, `sign-in account:${digestOf(account)}`, PER_ACCOUNT);
  }

  /** Of who has a link that holds, which strangers cannot use up. @param account to which it was sent, folded. @throws as attempt. */
  async attemptByLink(account: string, address: string): Promise<void> {
    await this.attemptFrom(address);
    await demandAttempt(this.throttle, `sign-in link:${digestOf(account)}`, PER_ACCOUNT);
  }

  /** Of who has signed in, which strangers cannot use up. @throws as attempt. */
  attemptBySession(userId: string): Promise<void> {
    return demandAttempt(this.throttle, `sign-in user:${userId}`, PER_ACCOUNT);
  }

  /** Counts an attempt that means no account yet. @throws DomainError `rate_limited` with `retry_after` in seconds. */
  attemptFrom(address: string): Promise<void> {
    return demandAttempt(this.throttle, `sign-in address:${networkOf(address)}`, PER_ADDRESS);
  }
}

/** @throws DomainError `rate_limited` with `retry_after` in seconds. */
export async function demandAttempt(throttle: Throttle, key: string, limit: RateLimit): Promise<void> {
  const { allowed, retryAfterMs } = await throttle.attempt(key, limit);
  if (allowed) return;
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  const message = `There were too many attempts: try again in ${seconds} s.`;
  throw new DomainError('rate_limited', 'rate_limited', message, { limit: limit.limit, retry_after: seconds });
}

/** Whom somebody means is not kept in clear. */
export function digestOf(account: string): string {
  return createHash('sha256').update(account).digest('base64url');
}
