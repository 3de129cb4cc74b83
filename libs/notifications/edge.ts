// What every node loads of this module: its contract and its REST routes, over the bus.
import { Module } from '@nestjs/common';
import type { FeatureEdge } from '@mono/platform';
import { notificationsSettings } from './src/settings.js';

@Module({})
class NotificationsEdge {}

export const notificationsEdge: FeatureEdge<typeof notificationsSettings> = {
  name: 'notifications',
  settings: notificationsSettings,
  contracts: [],
  module: { module: NotificationsEdge },
};
