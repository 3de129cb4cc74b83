// The time-tracking module where it runs: use cases, handlers, and what runs beside them.
import { clientOf } from '@mono/contract';
import { Module } from '@nestjs/common';
import { MembersBusClient } from '@mono/auth/contract';
import { OutboxSignal, pruneInbox } from '@mono/bus/outbox';
import {
  Background,
  eventMemoryMs,
  type FeatureModule,
  type FeatureParts,
  makePruning,
  makeRelay,
  Periodic,
  pruneIdempotency,
} from '@mono/platform';
import { tasksOperations, transitionsOperations } from '@mono/tasks/contract';
import { EntriesApi, HistoryApi, ReportsApi } from './contract/index.js';
import { timeTrackingControllers, timeTrackingEdge } from './edge.js';
import { hearEvents } from './src/bus/consumers.js';
import { EntriesHandlers } from './src/bus/entries.handlers.js';
import { HistoryHandlers } from './src/bus/history.handlers.js';
import { ReportsHandlers } from './src/bus/reports.handlers.js';
import { EntriesUseCases } from './src/entries/entries-use-cases.js';
import { noticeForgotten } from './src/entries/notice-forgotten.js';
import { HistoryUseCases } from './src/history/history-use-cases.js';
import { rebuildSome } from './src/history/rebuild.js';
import { timeTrackingMigrations } from './src/persistence/time-tracking-migrations.js';
import { ReportsUseCases } from './src/reports/reports-use-cases.js';

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
    const tasks = clientOf(bus, tasksOperations);
    const members = new MembersBusClient(bus);
    hearEvents(bus, { database, signal, members, concurrency: settings.TIME_TRACKING_CONCURRENCY });
    return {
      module: TimeTrackingModule,
      controllers: [...timeTrackingControllers, HistoryHandlers, EntriesHandlers, ReportsHandlers],
      providers: [
        { provide: HistoryApi, useValue: new HistoryUseCases(database, tasks) },
        { provide: EntriesApi, useValue: new EntriesUseCases({ database, signal, tasks, members }) },
        { provide: ReportsApi, useValue: new ReportsUseCases(database) },
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
      exports: [HistoryApi, EntriesApi, ReportsApi],
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
