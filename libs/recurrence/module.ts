// The recurrence module where it runs: use cases, handlers, its queue of jobs, and what runs beside them.
import { Module, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { authRequests, MembersBusClient } from '@mono/auth/contract';
import { OutboxRelay, OutboxSignal, pruneInbox } from '@mono/bus';
import {
  callOptionsOf,
  Periodic,
  pruneIdempotency,
  watchOutbox,
  type CallContext,
  type FeatureModule,
  type FeatureParts,
} from '@mono/platform';
import { OccurrencesBusClient, TasksBusClient } from '@mono/tasks/contract';
import { CalendarApi, RecurrenceApi } from './contract/index.js';
import { recurrenceControllers, recurrenceEdge } from './edge.js';
import { CalendarHandlers } from './src/bus/calendar.handlers.js';
import { hearEvents } from './src/bus/consumers.js';
import { OccurrencesHandlers } from './src/bus/occurrences.handlers.js';
import { TemplatesHandlers } from './src/bus/templates.handlers.js';
import { makeCalendar } from './src/calendar/make-calendar.js';
import { Generation } from './src/generation/generate.js';
import { Settling } from './src/generation/settle.js';
import { GenerationJobs } from './src/jobs/generation-jobs.js';
import { Initial1763800000000 } from './src/persistence/migrations/1763800000000-initial.js';
import { Feeds1763800100000 } from './src/persistence/migrations/1763800100000-feeds.js';
import { RecurrenceUseCases } from './src/recurrence-use-cases.js';
import { Surroundings } from './src/templates/surroundings.js';

type Parts = FeatureParts<typeof recurrenceEdge.settings>;

const DUPLICATE_WINDOW_MS = 10 * 60 * 1_000;
const PRUNING_INTERVAL_MS = 10 * 60 * 1_000;
/** How long dead letters are kept, and a margin: what comes back from them is known. */
const LETTERS_MS = 120 * 24 * 60 * 60 * 1_000;

/** Starts what runs beside the requests, and stops it before the connections go. */
class Background implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly work: readonly (Periodic | OutboxRelay)[],
    private readonly jobs: GenerationJobs,
  ) {}

  onModuleInit(): void {
    for (const work of this.work) work.start();
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.jobs.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.work.map((work) => work.stop()));
  }
}

@Module({})
class RecurrenceModule {}

export const recurrenceModule: FeatureModule<typeof recurrenceEdge.settings> = {
  edge: recurrenceEdge,
  migrations: [Initial1763800000000, Feeds1763800100000],
  create(parts) {
    const { bus, database, logger, metrics, publicUrl, settings } = parts;
    const signal = new OutboxSignal();
    const relay = makeRelay(parts, signal);
    const occurrences = new OccurrencesBusClient(bus);
    const generation = new Generation(database, new Settling(database, occurrences), signal, {
      batch: settings.RECURRENCE_BATCH,
      rounds: settings.RECURRENCE_BATCHES_PER_RUN,
    });
    const jobs = new GenerationJobs(parts.jobs, database, generation, {
      concurrency: settings.RECURRENCE_CONCURRENCY,
      lockMs: settings.RECURRENCE_LOCK_SECONDS * 1_000,
      reconcileMs: settings.RECURRENCE_RECONCILE_SECONDS * 1_000,
    });
    watchOutbox(metrics, 'recurrence', relay, database);
    const neighbours = {
      tasks: new TasksBusClient(bus),
      occurrences,
      workspaces: {
        getWorkspace: (context: CallContext, id: string) =>
          bus.request(authRequests.getWorkspace, { id }, callOptionsOf(context)),
      },
      members: new MembersBusClient(bus),
    };
    const surroundings = new Surroundings(neighbours);
    hearEvents(bus, {
      database,
      signal,
      enqueue: (template, requestId) => jobs.enqueue(template, requestId),
      zoneOf: (workspaceId, requestId) => surroundings.zoneOfWorkspace(workspaceId, requestId),
    });
    const useCases = new RecurrenceUseCases({ database, signal, neighbours, generation, logger });
    const calendar = makeCalendar({ database, signal, bus, neighbours, generation, logger, publicUrl });
    return {
      module: RecurrenceModule,
      controllers: [...recurrenceControllers, TemplatesHandlers, OccurrencesHandlers, CalendarHandlers],
      providers: [
        { provide: RecurrenceApi, useValue: useCases },
        { provide: CalendarApi, useValue: calendar },
        { provide: Background, useValue: new Background([relay, ...makePruning(parts)], jobs) },
      ],
      exports: [RecurrenceApi, CalendarApi],
    };
  },
};

function makeRelay({ database, bus, connection, eventAgeMs, replicas, logger }: Parts, signal: OutboxSignal) {
  return new OutboxRelay({
    module: 'recurrence',
    pool: database.pool,
    connection,
    signal,
    stream: { module: 'recurrence', maxAgeMs: eventAgeMs, duplicateWindowMs: DUPLICATE_WINDOW_MS, replicas },
    logger,
    middleware: bus.host.middleware,
  });
}

function makePruning({ database, eventAgeMs, logger }: Parts): Periodic[] {
  const pruning = (work: () => Promise<unknown>, what: string): Periodic =>
    new Periodic(work, {
      intervalMs: PRUNING_INTERVAL_MS,
      atOnce: true,
      onError: (error) => logger.warn({ err: error }, `Old ${what} could not be pruned`),
    });
  return [
    pruning(() => pruneIdempotency(database, 'recurrence'), 'idempotency keys'),
    pruning(() => pruneInbox(database, 'recurrence', eventAgeMs + LETTERS_MS), 'entries of the inbox'),
  ];
}
