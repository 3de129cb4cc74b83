// The webhooks feature: every node loads this file; the module's code loads where it runs.
import { defineFeature } from '@mono/platform';
import { webhooksConfig } from './src/webhooks.config.js';

export const webhooksFeature = defineFeature({
  name: 'webhooks',
  config: webhooksConfig,
  scopes: { 'webhooks:read': 'admin', 'webhooks:write': 'admin' },
  load: async () => (await import('./module.js')).WebhooksModule,
});
