// The time-tracking feature: every node loads this file; the module's code loads where it runs.
import { changesOf, withoutChange } from '@mono/contract';
import { defineFeature } from '@mono/platform';
import {
  entriesOperations,
  entriesSearch,
  historyOperations,
  reportRows,
  reportsOperations,
  timerOperations,
  timeSettingsOperations,
  timeTrackingEvents,
  timeTrackingResources,
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
  operations: [
    historyOperations,
    entriesOperations,
    entriesSearch,
    timerOperations,
    timeSettingsOperations,
    routedReports,
    timeTrackingResources,
  ],
  controllers: [ReportFileController],
  audited: [timeTrackingEvents.settings_updated, timeTrackingEvents.period_locked],
  events: [
    changesOf(
      'entry',
      {
        scope: 'time:read',
        audience: 'list',
        keys: ['user_id'],
        personal: true,
        resources: timeTrackingResources.entryResources,
      },
      {
        created: [timeTrackingEvents.entry_created, timeTrackingEvents.timer_started],
        updated: [timeTrackingEvents.entry_updated, timeTrackingEvents.timer_stopped],
        deleted: timeTrackingEvents.entry_deleted,
      },
    ),
    changesOf(
      'time_settings',
      { scope: 'time:read', audience: 'unlimited' },
      { updated: [timeTrackingEvents.settings_updated, timeTrackingEvents.period_locked] },
    ),
    // The task's own event follows.
    withoutChange(timeTrackingEvents.actual_duration_changed, timeTrackingEvents.timer_forgotten),
  ],
  migrations: timeTrackingMigrations,
  load: async () => (await import('./module.js')).TimeTrackingModule,
});
