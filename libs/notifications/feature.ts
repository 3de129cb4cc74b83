// The notifications feature: every node loads this file; the module's code loads where it runs.
import { changesOf, withoutChange } from '@mono/contract';
import { defineFeature } from '@mono/platform';
import { notificationsEvents, preferencesOperations, unsubscribeOperations } from './contract/index.js';
import { Initial1763790000000 } from './src/persistence/migrations/1763790000000-initial.js';
import { OutboxPlaces1764300000000 } from './src/persistence/migrations/1764300000000-outbox-places.js';
import { ZoneRelease1764600000000 } from './src/persistence/migrations/1764600000000-zone-release.js';
import { Unsubscribe1764900000000 } from './src/persistence/migrations/1764900000000-unsubscribe.js';
import { Assignments1764900100000 } from './src/persistence/migrations/1764900100000-assignments.js';
import { Digest1764900200000 } from './src/persistence/migrations/1764900200000-digest.js';
import { notificationsConfig } from './src/settings.js';
import { UnsubscribePageController } from './src/unsubscribe/unsubscribe-page.controller.js';

export const notificationsFeature = defineFeature({
  name: 'notifications',
  config: notificationsConfig,
  operations: [preferencesOperations, unsubscribeOperations],
  tags: { notifications: 'The mails that the signed-in user receives.' },
  controllers: [UnsubscribePageController],
  events: [
    changesOf(
      'notification_preferences',
      { scope: null, audience: 'user' },
      { updated: notificationsEvents.preferences_updated },
    ),
    withoutChange(
      notificationsEvents.task_due_soon,
      notificationsEvents.tasks_assigned,
      notificationsEvents.daily_digest,
    ),
  ],
  migrations: [
    Initial1763790000000,
    OutboxPlaces1764300000000,
    ZoneRelease1764600000000,
    Unsubscribe1764900000000,
    Assignments1764900100000,
    Digest1764900200000,
  ],
  load: async () => (await import('./module.js')).NotificationsModule,
});
