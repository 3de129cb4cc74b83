// How much callers may use of the API, counted by all nodes together.
import type { BusConnection } from '@mono/bus';
import { busGossip, RateLimiter, RequestLimits, type Logger } from '@mono/platform';
import type { Configuration } from '../configuration.js';

export interface Limits {
  requests: RequestLimits | undefined;
  stop(): void;
}

export function makeLimits({ rateLimits }: Configuration, connection: BusConnection, logger: Logger): Limits {
  if (!rateLimits.RATE_LIMIT_ENABLED) return { requests: undefined, stop: () => {} };
  const limiter = new RateLimiter({ gossip: busGossip({ connection, logger }) });
  const { RATE_LIMIT_READS: reads, RATE_LIMIT_WRITES: writes, RATE_LIMIT_REFUSALS: refusals } = rateLimits;
  return { requests: new RequestLimits(limiter, { reads, writes, refusals }), stop: () => limiter.stop() };
}
