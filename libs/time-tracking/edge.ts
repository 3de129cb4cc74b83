// What every node loads of this module: its contract and its REST routes, over the bus.
import { Module } from '@nestjs/common';
import { Bus } from '@mono/bus';
import type { FeatureEdge } from '@mono/platform';
import {
  EntriesApi,
  EntriesBusClient,
  HistoryApi,
  HistoryBusClient,
  ReportsApi,
  ReportsBusClient,
  settingsEvents,
  timeTrackingContracts,
} from './contract/index.js';
import { EntriesController } from './src/http/entries.controller.js';
import { HistoryController } from './src/http/history.controller.js';
import { ReportsController } from './src/http/reports.controller.js';
import { TimeSettingsController } from './src/http/time-settings.controller.js';
import { TimerController } from './src/http/timer.controller.js';
import { timeTrackingSettings } from './src/settings.js';

export const timeTrackingControllers = [
  HistoryController,
  EntriesController,
  TimerController,
  TimeSettingsController,
  ReportsController,
];

@Module({})
class TimeTrackingEdge {}

export const timeTrackingEdge: FeatureEdge<typeof timeTrackingSettings> = {
  name: 'time-tracking',
  settings: timeTrackingSettings,
  contracts: timeTrackingContracts,
  audited: settingsEvents,
  module: {
    module: TimeTrackingEdge,
    controllers: timeTrackingControllers,
    providers: [
      { provide: HistoryApi, useFactory: (bus: Bus) => new HistoryBusClient(bus), inject: [Bus] },
      { provide: EntriesApi, useFactory: (bus: Bus) => new EntriesBusClient(bus), inject: [Bus] },
      { provide: ReportsApi, useFactory: (bus: Bus) => new ReportsBusClient(bus), inject: [Bus] },
    ],
    exports: [HistoryApi, EntriesApi, ReportsApi],
  },
};
