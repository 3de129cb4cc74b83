// How a module asks whether something rare may be tried once more; see exact-throttle.ts.
import type { Executor } from '../database/executor.js';
import { ExactThrottle } from './exact-throttle.js';
import type { RateLimit, Verdict } from './verdict.js';

export abstract class Throttle {
  /** Takes one attempt of what `key` may, counted exactly among all nodes, or nothing when it is refused. */
  abstract attempt(key: string, limit: RateLimit): Promise<Verdict>;
  /** Returns one attempt, such as after a success. */
  abstract giveBack(key: string): Promise<void>;
  /** Returns all attempts. */
  abstract forget(key: string): Promise<void>;
}

/** @param database the one in which the schema `platform` is. */
export function throttleOn(database: Executor): Throttle {
  const exact = new ExactThrottle();
  return {
    attempt: (key, limit) => exact.attempt(database, key, limit),
    giveBack: (key) => exact.giveBack(database, key),
    forget: (key) => exact.forget(database, key),
  };
}

/** Where limits are off. */
export const UNLIMITED: Throttle = {
  attempt: (_key, { limit, windowMs }) =>
    Promise.resolve({ allowed: true, limit, remaining: limit, resetMs: windowMs, retryAfterMs: 0 }),
  giveBack: () => Promise.resolve(),
  forget: () => Promise.resolve(),
};
