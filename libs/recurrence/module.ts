// The recurrence module where it runs.
import { Module } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { ConfigModule, DatabaseModule, JobsModule, OutboxModule } from '@mono/platform';
import { OccurrencesClient } from '@mono/tasks/contract';
import { CalendarsController } from './src/calendar/calendars.controller.js';
import { CreatorRights } from './src/calendar/creator-rights.js';
import { FeedsConsumer } from './src/calendar/feeds.consumer.js';
import { Feeds } from './src/calendar/feeds.js';
import { ImportCalendars } from './src/calendar/import-calendars.js';
import { Generation } from './src/generation/generate.js';
import { GenerationConsumer } from './src/generation/generation.consumer.js';
import { GENERATION_QUEUE, GenerationJobs } from './src/generation/generation-jobs.js';
import { TaskSync } from './src/generation/task-sync.js';
import { ZoneDataChanges } from './src/generation/zone-data-changes.js';
import { FormerMembers } from './src/members/former-members.js';
import { MembersConsumer } from './src/members/members.consumer.js';
import { ChangeOccurrence } from './src/occurrences/change-occurrence.js';
import { Exceptions } from './src/occurrences/exceptions.js';
import { OccurrencesController } from './src/occurrences/occurrences.controller.js';
import { TasksConsumer } from './src/occurrences/tasks.consumer.js';
import { recurrenceConfig } from './src/recurrence.config.js';
import { SearchController } from './src/search/search.controller.js';
import { References } from './src/templates/references.js';
import { ListsConsumer } from './src/templates/lists.consumer.js';
import { ResourcesController } from './src/templates/resources.controller.js';
import { ScheduledStanding } from './src/templates/scheduled-standing.js';
import { TemplatesConsumer } from './src/templates/templates.consumer.js';
import { TemplatesController } from './src/templates/templates.controller.js';
import { Templates } from './src/templates/templates.js';
import { Purge } from './src/trash/purge.js';
import { RestoreTemplate } from './src/trash/restore-template.js';
import { TrashController } from './src/trash/trash.controller.js';

@Module({
  imports: [
    ConfigModule.forFeature(recurrenceConfig),
    DatabaseModule.forFeature({ module: 'recurrence', idempotency: true }),
    OutboxModule.forFeature({ module: 'recurrence', inbox: true }),
    JobsModule.forFeature({
      queue: GENERATION_QUEUE,
      module: 'recurrence',
      // More than an hour of pauses: the server of the jobs may be up while the database is down.
      attempts: 15,
      backoffMs: 500,
      config: recurrenceConfig,
      options: ({ RECURRENCE_CONCURRENCY, RECURRENCE_LOCK_SECONDS }) => ({
        concurrency: RECURRENCE_CONCURRENCY,
        lockMs: RECURRENCE_LOCK_SECONDS * 1_000,
      }),
    }),
  ],
  controllers: [
    TemplatesController,
    OccurrencesController,
    CalendarsController,
    GenerationConsumer,
    TasksConsumer,
    TemplatesConsumer,
    ListsConsumer,
    MembersConsumer,
    FeedsConsumer,
    TrashController,
    SearchController,
    ResourcesController,
  ],
  providers: [
    { provide: OccurrencesClient, inject: [Bus], useFactory: (bus: Bus) => new OccurrencesClient(bus) },
    { provide: MembersClient, inject: [Bus], useFactory: (bus: Bus) => new MembersClient(bus) },
    References,
    FormerMembers,
    TaskSync,
    Generation,
    GenerationJobs,
    ZoneDataChanges,
    Purge,
    Templates,
    ScheduledStanding,
    RestoreTemplate,
    Exceptions,
    ChangeOccurrence,
    CreatorRights,
    Feeds,
    ImportCalendars,
  ],
})
export class RecurrenceModule {}
