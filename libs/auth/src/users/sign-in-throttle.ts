// Exact limits, among all nodes, of attempts with a password and of requested mails (decisions/0005-tries-of-passwords.md). An IPv6
// address counts as its network, and a caller over NATS as the NATS user.
import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '@mono/contract';
import { networkOf, Throttle, type RateLimit } from '@mono/platform';
import type { Device } from './devices.js';

const MINUTE_MS = 60 * 1_000;
const WINDOW_MS = 5 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** For one source (an address, a device, a link, a session) at one account, whether it exists or not. */
const PER_SOURCE = { limit: 20, windowMs: WINDOW_MS };
/** A company can sit behind one address. */
const PER_ADDRESS = { limit: 200, windowMs: WINDOW_MS };
/** At one account, from all addresses together, before the brake. */
const BEFORE_BRAKE = { limit: 100, windowMs: HOUR_MS };
/** With the brake: in all, and from one address, so that a few addresses do not lock out others. */
const BRAKED = { limit: 60, windowMs: HOUR_MS };
const BRAKED_PER_SOURCE = { limit: 3, windowMs: HOUR_MS };
/** To one account. The links in sent mails keep working. */
const MAILS = { limit: 5, windowMs: HOUR_MS };

/** An allowed attempt. */
export interface Attempt {
  /** Call it after a success, which does not count. */
  giveBack(): Promise<void>;
}

@Injectable()
export class SignInThrottle {
  constructor(private readonly throttle: Throttle) {}

  /**
   * Counts an attempt with a password.
   * @param account its address, folded.
   * @param address the client's IP address, or NATS user.
   * @param device that this account has signed in on: it has a limit of its own, which strangers cannot use up.
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
      // In this order: refused attempts at one account do not use up the limit of the address.
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

  /** After a new password by a link: earlier guesses tried another one. */
  async restart(account: string, address: string): Promise<void> {
    const meant = digestOf(account);
    const pairs = ['sign-in pair', 'sign-in braked pair'].map((kind) => `${kind}:${meant} ${networkOf(address)}`);
    for (const key of [strangersOf(account), brakedOf(account), ...pairs]) await this.throttle.forget(key);
  }

  /**
   * Counts a request for a mail, apart from attempts with a password.
   * @returns false after several mails within the hour, whose links still work. The client gets the same answer.
   * @throws as attempt, by source or address.
   */
  async attemptMail(account: string, address: string): Promise<boolean> {
    const meant = digestOf(account);
    await requireAttempt(this.throttle, `mail pair:${meant} ${networkOf(address)}`, PER_SOURCE);
    await requireAttempt(this.throttle, `mail address:${networkOf(address)}`, PER_ADDRESS);
    const { allowed } = await this.throttle.attempt(`mail account:${meant}`, MAILS);
    return allowed;
  }

  /** By a valid link, which strangers cannot use up. @param account the recipient, folded. @throws as attempt. */
  attemptByLink(account: string): Promise<void> {
    return requireAttempt(this.throttle, `sign-in link:${digestOf(account)}`, PER_SOURCE);
  }

  /** By a session, which strangers cannot use up. @throws as attempt. */
  attemptBySession(userId: string): Promise<void> {
    return requireAttempt(this.throttle, `sign-in user:${userId}`, PER_SOURCE);
  }

  /** By a sign-in with a provider, which names no account yet. @throws as attempt. */
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
  const message = `Too many attempts: try again in ${seconds} s.`;
  throw new DomainError('rate_limited', 'rate_limited', message, { limit: limit.limit, retry_after: seconds });
}

/** Keys of limits do not contain addresses in clear. */
export function digestOf(account: string): string {
  return createHash('sha256').update(account).digest('base64url');
}
