// How often somebody may try: a port, for what counts among all nodes; the default counts on this node.
import { DomainError } from '@mono/platform';

export abstract class SignInThrottle {
  /**
   * Counts an attempt.
   * @param account the address of the account that is meant, folded; whether there is one makes no difference.
   * @param address the client's IP address.
   * @throws DomainError `rate_limited` with `retry_after` in seconds.
   */
  abstract attempt(account: string, address: string): Promise<void>;
  /** Counts an attempt that means no account yet. @throws DomainError `rate_limited` with `retry_after` in seconds. */
  abstract attemptFrom(address: string): Promise<void>;
}

const WINDOW_MS = 5 * 60 * 1_000;
const PER_ACCOUNT = 20;
const PER_ADDRESS = 200;
/** Beyond, the counts begin anew: that many people at once are no attack on one account. */
const SIZE = 100_000;

export class SignInThrottleInMemory extends SignInThrottle {
  private readonly counts = new Map<string, { count: number; until: number }>();

  constructor(private readonly now: () => number = Date.now) {
    super();
  }

  attempt(account: string, address: string): Promise<void> {
    const waits = [this.count(`account ${account}`, PER_ACCOUNT), this.count(`address ${address}`, PER_ADDRESS)];
    return demandNoWait(Math.max(...waits));
  }

  attemptFrom(address: string): Promise<void> {
    return demandNoWait(this.count(`address ${address}`, PER_ADDRESS));
  }

  /** @returns how long to wait, in milliseconds; 0: not at all. */
  private count(name: string, limit: number): number {
    const now = this.now();
    const known = this.counts.get(name);
    if (!known || known.until <= now) {
      if (this.counts.size >= SIZE) this.counts.clear();
      this.counts.set(name, { count: 1, until: now + WINDOW_MS });
      return 0;
    }
    known.count += 1;
    return known.count > limit ? known.until - now : 0;
  }
}

function demandNoWait(waitMs: number): Promise<void> {
  if (waitMs === 0) return Promise.resolve();
  const seconds = Math.ceil(waitMs / 1_000);
  const message = `There were too many attempts: try again in ${seconds} s.`;
  return Promise.reject(new DomainError('rate_limited', 'rate_limited', message, { retry_after: seconds }));
}
