import { flag, integer } from '../config/settings.js';

const PER_MINUTE = { min: 1, max: 100_000_000 };

export const rateLimitSettings = {
  RATE_LIMIT_ENABLED: flag({ description: 'Whether callers are limited.', default: true }),
  RATE_LIMIT_READS: integer({
    ...PER_MINUTE,
    description: 'Requests a minute that read, per API key or user, on all nodes together.',
    default: 12_000,
  }),
  RATE_LIMIT_WRITES: integer({ ...PER_MINUTE, description: 'Likewise those that write.', default: 6_000 }),
  RATE_LIMIT_REFUSALS: integer({
    ...PER_MINUTE,
    description:
      'Requests a minute without a valid credential, per address or NATS user; beyond, only requests with a valid one are served.',
    default: 300,
  }),
};
