// The time-tracking module where it runs: use cases, handlers, and what runs beside them.
import { clientOf } from '@mono/contract';
import { Module } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { OutboxSignal, pruneInbox } from '@mono/bus/outbox';
import {
  Background,
  Database,
  eventMemoryMs,
  type FeatureModule,
  type FeatureParts,
  makePruning,
  makeRelay,
  Periodic,
  pruneIdempotency,
  RetryingDatabase,
} from '@mono/platform';
import { tasksOperations, transitionsOperations } from '@mono/tasks/contract';
import { timeTrackingEdge } from './edge.js';
import { hearEvents } from './src/bus/consumers.js';
import { EntriesController } from './src/entries/entries.controller.js';
import { EntriesParts } from './src/entries/entries-parts.js';
import { noticeForgotten } from './src/entries/notice-forgotten.js';
import { TimeSettingsController } from './src/entries/time-settings.controller.js';
import { TimerController } from './src/entries/timer.controller.js';
import { HistoryController } from './src/history/history.controller.js';
import { TASKS } from './src/history/known-task.js';
import { rebuildSome } from './src/history/rebuild.js';
import { timeTrackingMigrations } from './src/persistence/time-tracking-migrations.js';
import { ReportLimits, ReportsController } from './src/reports/reports.controller.js';
import { ReportFileController } from './src/http/report-file.controller.js';

export { rebuildState, requestRebuild, type RebuildState } from './src/history/rebuild.js';

type Parts = FeatureParts<typeof timeTrackingEdge.settings>;

const REBUILD_INTERVAL_MS = 1_000;
/** A node that stops waits for the round. */
const PAGES_PER_ROUND = 20;

@Module({})
class TimeTrackingModule {}

export const timeTrackingModule: FeatureModule<typeof timeTrackingEdge.settings> = {
  edge: timeTrackingEdge,
  migrations: timeTrackingMigrations,
  create(parts) {
    const { bus, database, settings } = parts;
    const signal = new OutboxSignal();
    const relay = makeRelay('time-tracking', parts, signal);
    const members = new MembersClient(bus);
    hearEvents(bus, { database, signal, members, concurrency: settings.TIME_TRACKING_CONCURRENCY });
    return {
      module: TimeTrackingModule,
      controllers: [
        HistoryController,
        EntriesController,
        TimerController,
        TimeSettingsController,
        ReportsController,
        ReportFileController,
      ],
      providers: [
        { provide: Database, useValue: database },
        { provide: OutboxSignal, useValue: signal },
        { provide: MembersClient, useValue: members },
        { provide: TASKS, useFactory: (on: Bus) => clientOf(on, tasksOperations), inject: [Bus] },
        RetryingDatabase,
        EntriesParts,
        ReportLimits,
        {
          provide: Background,
          useValue: new Background([
            relay,
            makeRebuild(parts, signal),
            makeTimerCheck(parts, signal),
            ...pruningOf(parts),
          ]),
        },
      ],
    };
  },
};

function makeRebuild({ database, bus, logger }: Parts, signal: OutboxSignal): Periodic {
  const log = clientOf(bus, transitionsOperations);
  return new Periodic(
    async () => {
      for (let pages = 0; pages < PAGES_PER_ROUND && (await rebuildSome(database, signal, log)); pages += 1);
    },
    {
      intervalMs: REBUILD_INTERVAL_MS,
      onError: (error) => logger.warn({ err: error }, 'Failed to rebuild the history from the task log; retrying'),
    },
  );
}

function makeTimerCheck({ database, logger, settings }: Parts, signal: OutboxSignal): Periodic {
  return new Periodic(() => noticeForgotten(database, signal), {
    intervalMs: settings.TIME_TRACKING_TIMER_CHECK_SECONDS * 1_000,
    onError: (error) => logger.warn({ err: error }, 'Forgotten timers could not be looked for'),
  });
}

function pruningOf(parts: Parts): Periodic[] {
  const { database } = parts;
  return [
    makePruning(parts, 'Old idempotency keys', () => pruneIdempotency(database, 'time_tracking')),
    makePruning(parts, 'Old entries of the inbox', () => pruneInbox(database, 'time_tracking', eventMemoryMs(parts))),
  ];
}
