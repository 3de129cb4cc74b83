// The time-tracking feature: every node loads this file; the module's code loads where it runs.
import { defineFeature } from '@mono/platform';
import {
  entriesOperations,
  historyOperations,
  reportRows,
  reportsOperations,
  timerOperations,
  timeSettingsOperations,
  timeTrackingEvents,
} from './contract/index.js';
import { timeTrackingMigrations } from './src/persistence/time-tracking-migrations.js';
import { ReportFileController } from './src/reports/report-file.controller.js';
import { timeTrackingConfig } from './src/time-tracking.config.js';

const { report, ...routedReports } = reportsOperations;

export const timeTrackingFeature = defineFeature({
  name: 'time-tracking',
  config: timeTrackingConfig,
  scopes: { 'time:read': 'viewer', 'time:write': 'member' },
  tags: { time: 'Time spent on tasks: history, entries, timers, reports.' },
  contracts: [report, reportRows],
  operations: [historyOperations, entriesOperations, timerOperations, timeSettingsOperations, routedReports],
  controllers: [ReportFileController],
  audited: [timeTrackingEvents.settings_updated, timeTrackingEvents.period_locked],
  migrations: timeTrackingMigrations,
  load: async () => (await import('./module.js')).TimeTrackingModule,
});
