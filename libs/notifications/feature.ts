// The notifications feature: every node loads this file; the module's code loads where it runs.
import { Bus } from '@mono/bus';
import { defineFeature } from '@mono/platform';
import { NotificationsApi, NotificationsBusClient, notificationsContracts } from './contract/index.js';
import { PreferencesController } from './src/http/preferences.controller.js';
import { Initial1763790000000 } from './src/persistence/migrations/1763790000000-initial.js';
import { OutboxPlaces1764300000000 } from './src/persistence/migrations/1764300000000-outbox-places.js';
import { ZoneRelease1764600000000 } from './src/persistence/migrations/1764600000000-zone-release.js';
import { notificationsConfig } from './src/settings.js';

export const notificationsFeature = defineFeature({
  name: 'notifications',
  config: notificationsConfig,
  contracts: notificationsContracts,
  migrations: [Initial1763790000000, OutboxPlaces1764300000000, ZoneRelease1764600000000],
  elsewhere: {
    controllers: [PreferencesController],
    providers: [
      { provide: NotificationsApi, useFactory: (bus: Bus) => new NotificationsBusClient(bus), inject: [Bus] },
    ],
    exports: [NotificationsApi],
  },
  load: async () => (await import('./module.js')).NotificationsModule,
});
