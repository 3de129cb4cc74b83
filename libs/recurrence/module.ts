// The recurrence module where it runs: use cases, handlers, its queue of jobs, and what runs beside them.
import { Module } from '@nestjs/common';
import { MembersBusClient, workspacesOperations } from '@mono/auth/contract';
import { OutboxSignal, pruneInbox } from '@mono/bus/outbox';
import { clientOf } from '@mono/contract';
import {
  Background,
  eventMemoryMs,
  type FeatureModule,
  type FeatureParts,
  makePruning,
  makeRelay,
  Periodic,
  pruneIdempotency,
  type Work,
  ZoneChanges,
} from '@mono/platform';
import { listsOperations, OccurrencesClient } from '@mono/tasks/contract';
import { CalendarApi, RecurrenceApi } from './contract/index.js';
import { recurrenceControllers, recurrenceEdge } from './edge.js';
import { CalendarHandlers } from './src/bus/calendar.handlers.js';
import { hearEvents } from './src/bus/consumers.js';
import { OccurrencesHandlers } from './src/bus/occurrences.handlers.js';
import { TemplatesHandlers } from './src/bus/templates.handlers.js';
import { makeCalendar } from './src/calendar/make-calendar.js';
import { replanZone, templateZones } from './src/generation/follow-zone-data.js';
import { Generation } from './src/generation/generate.js';
import { Settling } from './src/generation/settle.js';
import { GenerationJobs } from './src/jobs/generation-jobs.js';
import { recurrenceMigrations } from './src/persistence/recurrence-migrations.js';
import { RecurrenceUseCases } from './src/recurrence-use-cases.js';
import { Surroundings } from './src/templates/surroundings.js';
import { leaversOf } from './src/members/forget-leavers.js';

type Parts = FeatureParts<typeof recurrenceEdge.settings>;

/** Its jobs run as well, and are stopped by those whose they are. */
class RecurrenceBackground extends Background {
  constructor(
    work: readonly Work[],
    private readonly jobs: GenerationJobs,
  ) {
    super(work);
  }

  override async onBusListening(): Promise<void> {
    await super.onBusListening();
    await this.jobs.start();
  }
}

@Module({})
class RecurrenceModule {}

export const recurrenceModule: FeatureModule<typeof recurrenceEdge.settings> = {
  edge: recurrenceEdge,
  migrations: recurrenceMigrations,
  create(parts) {
    const { bus, database, logger, publicUrl, settings } = parts;
    const signal = new OutboxSignal();
    const relay = makeRelay('recurrence', parts, signal);
    const occurrences = new OccurrencesClient(bus);
    const generation = new Generation(database, new Settling(database, occurrences), signal, {
      batch: settings.RECURRENCE_BATCH,
      rounds: settings.RECURRENCE_BATCHES_PER_RUN,
    });
    const jobs = new GenerationJobs(parts.jobs, database, generation, {
      concurrency: settings.RECURRENCE_CONCURRENCY,
      lockMs: settings.RECURRENCE_LOCK_SECONDS * 1_000,
      reconcileMs: settings.RECURRENCE_RECONCILE_SECONDS * 1_000,
    });
    const neighbours = {
      tasks: clientOf(bus, listsOperations),
      occurrences,
      workspaces: clientOf(bus, workspacesOperations),
      members: new MembersBusClient(bus),
    };
    const surroundings = new Surroundings(neighbours);
    const leavers = leaversOf(database, signal, neighbours.members);
    hearEvents(bus, {
      database,
      signal,
      leavers,
      enqueue: (template, requestId) => jobs.enqueue(template, requestId),
      zoneOf: (workspaceId, requestId) => surroundings.zoneOfWorkspace(workspaceId, requestId),
    });
    const useCases = new RecurrenceUseCases({ database, signal, neighbours, leavers, generation, logger });
    const calendar = makeCalendar({ database, signal, bus, neighbours, leavers, generation, logger, publicUrl });
    return {
      module: RecurrenceModule,
      controllers: [...recurrenceControllers, TemplatesHandlers, OccurrencesHandlers, CalendarHandlers],
      providers: [
        { provide: RecurrenceApi, useValue: useCases },
        { provide: CalendarApi, useValue: calendar },
        {
          provide: Background,
          useValue: new RecurrenceBackground([relay, makeZoneChanges(parts), ...pruningOf(parts)], jobs),
        },
      ],
      exports: [RecurrenceApi, CalendarApi],
    };
  },
};

/** The reconciler finds the templates that are to be planned anew. */
function makeZoneChanges({ database, logger }: Parts): Periodic {
  const changes = new ZoneChanges({
    database,
    schema: 'recurrence',
    zonesInUse: templateZones,
    move: replanZone,
    onMoved: () => undefined,
    logger,
  });
  return changes.periodic();
}

function pruningOf(parts: Parts): Periodic[] {
  const { database } = parts;
  return [
    makePruning(parts, 'Old idempotency keys', () => pruneIdempotency(database, 'recurrence')),
    makePruning(parts, 'Old entries of the inbox', () => pruneInbox(database, 'recurrence', eventMemoryMs(parts))),
  ];
}
