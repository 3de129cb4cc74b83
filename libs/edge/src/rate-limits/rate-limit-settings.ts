import { flag, integer } from '@mono/platform';

const PER_MINUTE = { min: 1, max: 100_000_000 };

export const rateLimitSettings = {
  RATE_LIMIT_ENABLED: flag({ description: 'Enable rate limits.', default: true }),
  RATE_LIMIT_READS: integer({
    ...PER_MINUTE,
    description: 'Read requests per minute and API key or user, across all nodes.',
    default: 12_000,
  }),
  RATE_LIMIT_WRITES: integer({
    ...PER_MINUTE,
    description: 'Write requests per minute and API key or user, across all nodes.',
    default: 6_000,
  }),
  RATE_LIMIT_REFUSALS: integer({
    ...PER_MINUTE,
    description:
      'Requests without a valid credential per minute and address or NATS user. Valid credentials are served beyond the limit.',
    default: 300,
  }),
};
