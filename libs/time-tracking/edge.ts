// What every node loads of this module: its operations and the route of reports.
import { Module } from '@nestjs/common';
import type { FeatureEdge } from '@mono/platform';
import {
  entriesOperations,
  historyOperations,
  reportRows,
  reportsOperations,
  timerOperations,
  timeSettingsOperations,
  timeTrackingEvents,
} from './contract/index.js';
import { ReportFileController } from './src/http/report-file.controller.js';
import { timeTrackingSettings } from './src/settings.js';

const { report, ...routedReports } = reportsOperations;

@Module({})
class TimeTrackingEdge {}

export const timeTrackingEdge: FeatureEdge<typeof timeTrackingSettings> = {
  name: 'time-tracking',
  settings: timeTrackingSettings,
  scopes: { 'time:read': 'viewer', 'time:write': 'member' },
  tags: { time: 'Time spent on tasks: history, entries, timers, reports.' },
  contracts: [report, reportRows],
  operations: [historyOperations, entriesOperations, timerOperations, timeSettingsOperations, routedReports],
  audited: [timeTrackingEvents.settings_updated, timeTrackingEvents.period_locked],
  module: { module: TimeTrackingEdge, controllers: [ReportFileController] },
};
