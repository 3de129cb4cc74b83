// The notifications feature: every node loads this file; the module's code loads where it runs.
import { changesOf, withoutChange } from '@mono/contract';
import { defineFeature } from '@mono/platform';
import { notificationsEvents, preferencesOperations } from './contract/index.js';
import { Initial1763790000000 } from './src/persistence/migrations/1763790000000-initial.js';
import { OutboxPlaces1764300000000 } from './src/persistence/migrations/1764300000000-outbox-places.js';
import { ZoneRelease1764600000000 } from './src/persistence/migrations/1764600000000-zone-release.js';
import { notificationsConfig } from './src/settings.js';

export const notificationsFeature = defineFeature({
  name: 'notifications',
  config: notificationsConfig,
  operations: [preferencesOperations],
  tags: { notifications: 'The mails that the signed-in user receives.' },
  events: [
    changesOf(
      'notification_preferences',
      { scope: null, audience: 'user' },
      { updated: notificationsEvents.preferences_updated },
    ),
    withoutChange(notificationsEvents.task_due_soon),
  ],
  migrations: [Initial1763790000000, OutboxPlaces1764300000000, ZoneRelease1764600000000],
  load: async () => (await import('./module.js')).NotificationsModule,
});
