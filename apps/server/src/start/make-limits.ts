// How much callers may use of the API, counted by all nodes together.
import type { BusConnection } from '@mono/bus';
import { busGossip, RateLimiter, RequestLimits } from '@mono/edge';
import { throttleOn, UNLIMITED, type Executor, type Logger, type Throttle } from '@mono/platform';
import type { Configuration } from '../configuration.js';

export interface Limits {
  requests: RequestLimits | undefined;
  throttle: Throttle;
  stop(): void;
}

/** @param database the one in which the schema `platform` is. */
export function makeLimits(
  { rateLimits }: Configuration,
  { connection, database, logger }: { connection: BusConnection; database: Executor; logger: Logger },
): Limits {
  if (!rateLimits.RATE_LIMIT_ENABLED) return { requests: undefined, throttle: UNLIMITED, stop: () => {} };
  const limiter = new RateLimiter({ gossip: busGossip({ connection, logger }) });
  const { RATE_LIMIT_READS: reads, RATE_LIMIT_WRITES: writes, RATE_LIMIT_REFUSALS: refusals } = rateLimits;
  return {
    requests: new RequestLimits(limiter, { reads, writes, refusals }),
    throttle: throttleOn(database),
    stop: () => limiter.stop(),
  };
}
