// The recurrence module where it runs: use cases, handlers, its queue of jobs, and what runs beside them.
import { type DynamicModule, Module } from '@nestjs/common';
import { apiKeysOperations, MembersClient, workspacesOperations } from '@mono/auth/contract';
import type { Bus } from '@mono/bus';
import { OutboxSignal, pruneInbox } from '@mono/bus/outbox';
import { clientOf } from '@mono/contract';
import {
  Background,
  Database,
  Departures,
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
import { calendarControllers, recurrenceEdge } from './edge.js';
import { hearEvents } from './src/bus/consumers.js';
import { endFeeds } from './src/bus/feed-ends.js';
import { CalendarsController } from './src/calendar/calendars.controller.js';
import { CreatorRights, type RightsModules } from './src/calendar/creator-rights.js';
import { Feeds } from './src/calendar/feeds.js';
import { ImportCalendars } from './src/calendar/import-calendars.js';
import { replanZone, templateZones } from './src/generation/follow-zone-data.js';
import { Generation } from './src/generation/generate.js';
import { Soon } from './src/generation/soon.js';
import { Settling } from './src/generation/settle.js';
import { GenerationJobs } from './src/jobs/generation-jobs.js';
import { ChangeOccurrence } from './src/occurrences/change-occurrence.js';
import { Exceptions } from './src/occurrences/exceptions.js';
import { OccurrencesController } from './src/occurrences/occurrences.controller.js';
import { recurrenceMigrations } from './src/persistence/recurrence-migrations.js';
import { References, type OtherModules } from './src/templates/references.js';
import { Templates } from './src/templates/templates.js';
import { TemplatesController } from './src/templates/templates.controller.js';
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
    const modules = otherModules(bus, occurrences);
    const references = new References(modules);
    const leavers = leaversOf(database, signal, modules.members);
    hearEvents(bus, {
      database,
      signal,
      leavers,
      enqueue: (template, requestId) => jobs.enqueue(template, requestId),
      zoneOf: (workspaceId, requestId) => references.zoneOfWorkspace(workspaceId, requestId),
    });
    endFeeds(bus, database, signal);
    const feeds = new Feeds({
      database,
      signal,
      references,
      leavers,
      lists: modules.tasks,
      rights: new CreatorRights(modules),
      publicUrl: () => publicUrl(),
    });
    return {
      module: RecurrenceModule,
      controllers: [...calendarControllers, TemplatesController, OccurrencesController, CalendarsController],
      providers: [
        { provide: Database, useValue: database },
        { provide: OutboxSignal, useValue: signal },
        { provide: References, useValue: references },
        { provide: Departures, useValue: leavers },
        { provide: Soon, useValue: new Soon(generation, logger) },
        { provide: Feeds, useValue: feeds },
        Templates,
        Exceptions,
        ChangeOccurrence,
        ImportCalendars,
        {
          provide: Background,
          useValue: new RecurrenceBackground([relay, makeZoneChanges(parts), ...pruningOf(parts)], jobs),
        },
      ],
    } satisfies DynamicModule;
  },
};

/** The other modules, as this one calls them. */
function otherModules(bus: Bus, occurrences: OccurrencesClient): OtherModules & RightsModules {
  return {
    tasks: clientOf(bus, listsOperations),
    occurrences,
    workspaces: clientOf(bus, workspacesOperations),
    keys: clientOf(bus, apiKeysOperations),
    members: new MembersClient(bus),
  };
}

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
