// The time-tracking module where it runs.
import { Module } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { clientOf } from '@mono/contract';
import { ConfigModule, DatabaseModule, OutboxModule, RetryingDatabase } from '@mono/platform';
import { tasksOperations, tasksResources } from '@mono/tasks/contract';
import { EntriesController } from './src/entries/entries.controller.js';
import { EntriesParts } from './src/entries/entries-parts.js';
import { ForgottenTimers } from './src/entries/forgotten-timers.js';
import { FormerMembers } from './src/entries/former-members.js';
import { MembersConsumer } from './src/entries/members.consumer.js';
import { ResourcesController } from './src/entries/resources.controller.js';
import { TimeSettingsController } from './src/entries/time-settings.controller.js';
import { TimerController } from './src/entries/timer.controller.js';
import { AccountsConsumer } from './src/history/accounts.consumer.js';
import { HistoryController } from './src/history/history.controller.js';
import { TASKS } from './src/history/known-task.js';
import { Rebuilding } from './src/history/rebuilding.js';
import { TasksConsumer } from './src/history/tasks.consumer.js';
import { LISTS, Names } from './src/reports/names.js';
import { SearchController } from './src/search/search.controller.js';
import { ReportLimits, ReportsController } from './src/reports/reports.controller.js';
import { timeTrackingConfig } from './src/time-tracking.config.js';

export { rebuildState, requestRebuild, type RebuildState } from './src/history/rebuild.js';

@Module({
  imports: [
    ConfigModule.forFeature(timeTrackingConfig),
    DatabaseModule.forFeature({ module: 'time-tracking', idempotency: true }),
    OutboxModule.forFeature({ module: 'time-tracking', inbox: true }),
  ],
  controllers: [
    HistoryController,
    EntriesController,
    TimerController,
    TimeSettingsController,
    ReportsController,
    SearchController,
    ResourcesController,
    TasksConsumer,
    AccountsConsumer,
    MembersConsumer,
  ],
  providers: [
    { provide: MembersClient, inject: [Bus], useFactory: (bus: Bus) => new MembersClient(bus) },
    { provide: TASKS, inject: [Bus], useFactory: (bus: Bus) => clientOf(bus, tasksOperations) },
    { provide: LISTS, inject: [Bus], useFactory: (bus: Bus) => clientOf(bus, tasksResources) },
    Names,
    RetryingDatabase,
    EntriesParts,
    FormerMembers,
    ForgottenTimers,
    Rebuilding,
    ReportLimits,
  ],
})
export class TimeTrackingModule {}
