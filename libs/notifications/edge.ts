// What every node loads of this module: its contract and its REST routes, over the bus.
import { Module } from '@nestjs/common';
import { Bus } from '@mono/bus';
import type { FeatureEdge } from '@mono/platform';
import { NotificationsApi, NotificationsBusClient, notificationsContracts } from './contract/index.js';
import { PreferencesController } from './src/http/preferences.controller.js';
import { notificationsSettings } from './src/settings.js';

export const notificationsControllers = [PreferencesController];

@Module({})
class NotificationsEdge {}

export const notificationsEdge: FeatureEdge<typeof notificationsSettings> = {
  name: 'notifications',
  settings: notificationsSettings,
  contracts: notificationsContracts,
  module: {
    module: NotificationsEdge,
    controllers: notificationsControllers,
    providers: [
      { provide: NotificationsApi, useFactory: (bus: Bus) => new NotificationsBusClient(bus), inject: [Bus] },
    ],
    exports: [NotificationsApi],
  },
};
