// How often somebody may try a password or have a mail sent, exactly, among all nodes (decisions/0005-tries-of-passwords.md).
// Of an IPv6 address its network counts.
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '@mono/contract';
import { networkOf, Throttle, type RateLimit } from '@mono/platform';
import type { Device } from './devices.js';

const MINUTE_MS = 60 * 1_000;
const WINDOW_MS = 5 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Of one source at one account: an address, a device, a link, a session. Whether there is such an account makes no difference. */
const PER_SOURCE = { limit: 20, windowMs: WINDOW_MS };
/** A company can sit behind one address. */
const PER_ADDRESS = { limit: 200, windowMs: WINDOW_MS };
/** At one account, from all addresses together, before they are slowed down. */
const BEFORE_BRAKE = { limit: 100, windowMs: HOUR_MS };
/** While they are slowed down: in all, and from one address, so that few addresses do not keep others out. */
const BRAKED = { limit: 60, windowMs: HOUR_MS };
const BRAKED_PER_SOURCE = { limit: 3, windowMs: HOUR_MS };
/** To one account. The links in those that were sent still hold. */
const MAILS = { limit: 5, windowMs: HOUR_MS };

/** One that was allowed. */
export interface Attempt {
  /** To be called after a success, which counts for nothing. */
  giveBack(): Promise<void>;
}

@Injectable()
export class SignInThrottle {
  constructor(private readonly throttle: Throttle) {}

  /**
   * Counts a try of a password.
   * @param account the address of the account that is meant, folded.
   * @param address the client's IP address.
   * @param device on which this account has signed in before: its tries are its own, and strangers cannot use them up.
   * @throws DomainError `rate_limited` with `retry_after` in seconds.
   */
  async attempt(account: string, address: string, device?: Device): Promise<Attempt> {
    const meant = digestOf(account);
    const taken: string[] = [];
    const take = async (key: string, limit: RateLimit): Promise<void> => {
      await requireAttempt(this.throttle, key, limit);
      taken.push(key);
    };
    if (device) {
      await take(`sign-in device:${device.sessionId}`, PER_SOURCE);
    } else {
      // In this order: tries at one account that are refused take nothing from the others behind the address.
      await take(`sign-in pair:${meant} ${networkOf(address)}`, PER_SOURCE);
      await take(`sign-in address:${networkOf(address)}`, PER_ADDRESS);
      const { allowed } = await this.throttle.attempt(strangersOf(account), BEFORE_BRAKE);
      if (allowed) {
        taken.push(strangersOf(account));
      } else {
        await take(`sign-in braked pair:${meant} ${networkOf(address)}`, BRAKED_PER_SOURCE);
        await take(brakedOf(account), BRAKED);
      }
    }
    return {
      giveBack: async () => {
        for (const key of taken) await this.throttle.giveBack(key);
      },
    };
  }

  /** After a new password by a link: earlier guesses were at another one. */
  async restart(account: string, address: string): Promise<void> {
    const meant = digestOf(account);
    const pairs = ['sign-in pair', 'sign-in braked pair'].map((kind) => `${kind}:${meant} ${networkOf(address)}`);
    for (const key of [strangersOf(account), brakedOf(account), ...pairs]) await this.throttle.forget(key);
  }

  /**
   * Counts a request for a mail, apart from tries of passwords.
   * @returns whether to send one: else several were sent within the hour, whose links hold. The answer is the same.
   * @throws as attempt, for a source or an address alone.
   */
  async attemptMail(account: string, address: string): Promise<boolean> {
    const meant = digestOf(account);
    await requireAttempt(this.throttle, `mail pair:${meant} ${networkOf(address)}`, PER_SOURCE);
    await requireAttempt(this.throttle, `mail address:${networkOf(address)}`, PER_ADDRESS);
    const { allowed } = await this.throttle.attempt(`mail account:${meant}`, MAILS);
    return allowed;
  }

  /** With a link that holds, which strangers cannot use up. @param account to which it was sent, folded. @throws as attempt. */
  attemptByLink(account: string): Promise<void> {
    return requireAttempt(this.throttle, `sign-in link:${digestOf(account)}`, PER_SOURCE);
  }

  /** In a session, which strangers cannot use up. @throws as attempt. */
  attemptBySession(userId: string): Promise<void> {
    return requireAttempt(this.throttle, `sign-in user:${userId}`, PER_SOURCE);
  }

  /** A visit to a provider, there or back, which means no account yet. @throws as attempt. */
  async attemptVisit(address: string): Promise<Attempt> {
    const key = `provider address:${networkOf(address)}`;
    await requireAttempt(this.throttle, key, PER_ADDRESS);
    return { giveBack: () => this.throttle.giveBack(key) };
  }
}

function strangersOf(account: string): string {
  return `sign-in account:${digestOf(account)}`;
}

function brakedOf(account: string): string {
  return `sign-in braked:${digestOf(account)}`;
}

/** @throws DomainError `rate_limited` with `retry_after` in seconds. */
export async function requireAttempt(throttle: Throttle, key: string, limit: RateLimit): Promise<void> {
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
