import { defineConfig, integer } from '@mono/platform';
import { sendingSettings } from './sending/sending-settings.js';

export const webhooksConfig = defineConfig('webhooks', {
  ...sendingSettings,
  WEBHOOKS_MAX_PER_WORKSPACE: integer({
    description: 'Maximum webhooks of a workspace.',
    default: 50,
    min: 0,
    max: 1_000,
  }),
  WEBHOOKS_MAX_PENDING: integer({
    description: 'Maximum pending deliveries of a webhook. A webhook with more is disabled with the reason `backlog`.',
    default: 10_000,
    min: 1,
    max: 1_000_000,
  }),
  WEBHOOKS_MAX_EVENT_BYTES: integer({
    description: 'Maximum size of the changed values in a delivery, in bytes. Larger ones are sent without values.',
    default: 262_144,
    min: 1_024,
    max: 1_048_576,
  }),
  WEBHOOKS_CONCURRENCY: integer({
    description: 'Maximum webhooks that a node delivers to at a time.',
    default: 64,
    min: 1,
    max: 1_000,
  }),
  WEBHOOKS_CONCURRENCY_PER_WEBHOOK: integer({
    description: 'Maximum simultaneous attempts of a webhook, among all nodes. Events of one thing are sent in order.',
    default: 4,
    min: 1,
    max: 64,
  }),
  WEBHOOKS_RETRY_HOURS: integer({
    description: 'Time after the first attempt in which a delivery is retried, in hours. Then it is a dead letter.',
    default: 24,
    min: 1,
    max: 720,
  }),
  WEBHOOKS_DISABLE_AFTER_DAYS: integer({
    description: 'Days without a successful attempt after which a failing webhook is disabled.',
    default: 3,
    min: 1,
    max: 365,
  }),
  WEBHOOKS_RETENTION_DAYS: integer({
    description: 'Retention of the delivery log, in days.',
    default: 30,
    min: 1,
    max: 3_650,
  }),
});
