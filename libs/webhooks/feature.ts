// The webhooks feature: every node loads this file; the module's code loads where it runs.
import { changesOf } from '@mono/contract';
import { defineFeature } from '@mono/platform';
import { webhooksEvents, webhooksOperations } from './contract/index.js';
import { Initial1764800000000 } from './src/persistence/migrations/1764800000000-initial.js';
import { Filters1765300000000 } from './src/persistence/migrations/1765300000000-filters.js';
import { webhooksConfig } from './src/webhooks.config.js';

export const webhooksFeature = defineFeature({
  name: 'webhooks',
  config: webhooksConfig,
  operations: [webhooksOperations],
  scopes: { 'webhooks:read': 'admin', 'webhooks:write': 'admin' },
  tags: { webhooks: 'Events of the workspace, sent to URLs (Standard Webhooks).' },
  audited: Object.values(webhooksEvents),
  events: [
    changesOf(
      'webhook',
      // Not everybody with the scope sees all webhooks.
      { scope: 'admin', audience: 'unlimited' },
      {
        created: webhooksEvents.created,
        updated: [webhooksEvents.updated, webhooksEvents.secret_rotated, webhooksEvents.disabled],
        deleted: webhooksEvents.deleted,
      },
    ),
  ],
  migrations: [Initial1764800000000, Filters1765300000000],
  load: async () => (await import('./module.js')).WebhooksModule,
});
