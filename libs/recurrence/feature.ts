// The recurrence feature: every node loads this file; the module's code loads where it runs.
import { changesOf, withoutChange } from '@mono/contract';
import { defineFeature } from '@mono/platform';
import {
  calendarsOperations,
  feedEvents,
  occurrenceEvents,
  occurrencesOperations,
  recurrenceResources,
  templateEvents,
  templatesOperations,
  templatesSearch,
  templatesTrash,
} from './contract/index.js';
import { CalendarFilesController } from './src/calendar/calendar-files.controller.js';
import { FeedReaderController } from './src/calendar/feed-reader.controller.js';
import { Initial1763800000000 } from './src/persistence/migrations/1763800000000-initial.js';
import { Feeds1763800100000 } from './src/persistence/migrations/1763800100000-feeds.js';
import { TemplateProblem1763800200000 } from './src/persistence/migrations/1763800200000-template-problem.js';
import { OutboxPlaces1764300000000 } from './src/persistence/migrations/1764300000000-outbox-places.js';
import { Memberships1764400100000 } from './src/persistence/migrations/1764400100000-memberships.js';
import { ZoneRelease1764600000000 } from './src/persistence/migrations/1764600000000-zone-release.js';
import { Trash1764800000000 } from './src/persistence/migrations/1764800000000-trash.js';
import { ScheduledStanding1764900300000 } from './src/persistence/migrations/1764900300000-scheduled-standing.js';
import { FeedTasks1764900300066 } from './src/persistence/migrations/1764900300066-feed-tasks.js';
import { Subtasks1764900300070 } from './src/persistence/migrations/1764900300070-subtasks.js';
import { Search1764900300011 } from './src/persistence/migrations/1764900300011-search.js';
import { recurrenceConfig } from './src/recurrence.config.js';

export const recurrenceFeature = defineFeature({
  name: 'recurrence',
  config: recurrenceConfig,
  operations: [
    templatesOperations,
    occurrencesOperations,
    calendarsOperations,
    templatesTrash,
    templatesSearch,
    recurrenceResources,
  ],
  scopes: { 'recurrence:read': 'viewer', 'recurrence:write': 'member' },
  tags: {
    templates: 'Recurring tasks: each template creates tasks by its rule.',
    occurrences: 'The dates of a template, and the exceptions to its rule.',
    calendars: 'Templates and due tasks as iCalendar: feeds, exports, imports.',
    recurrence: 'Previews of rules.',
  },
  controllers: [CalendarFilesController, FeedReaderController],
  audited: Object.values(feedEvents),
  events: [
    changesOf(
      'template',
      {
        scope: 'recurrence:read',
        audience: 'list',
        keys: ['series_id'],
        resources: recurrenceResources.templateResources,
      },
      {
        created: templateEvents.template_created,
        updated: [
          templateEvents.template_updated,
          templateEvents.template_split,
          templateEvents.template_paused,
          templateEvents.template_resumed,
          templateEvents.template_ended,
        ],
        deleted: templateEvents.template_deleted,
        restored: templateEvents.template_restored,
      },
    ),
    // A purged template was deleted before.
    withoutChange(templateEvents.template_purged),
    changesOf(
      'exception',
      { scope: 'recurrence:read', audience: 'list', keys: ['template_id', 'series_id', 'original_start'] },
      {
        updated: [
          occurrenceEvents.occurrence_skipped,
          occurrenceEvents.occurrence_moved,
          occurrenceEvents.occurrence_edited,
        ],
        deleted: occurrenceEvents.occurrence_restored,
      },
    ),
    // Everybody but an admin sees their own feeds only.
    changesOf(
      'calendar_feed',
      { scope: 'admin', audience: 'unlimited' },
      { created: feedEvents.feed_created, deleted: feedEvents.feed_revoked },
    ),
  ],
  migrations: [
    Initial1763800000000,
    Feeds1763800100000,
    TemplateProblem1763800200000,
    OutboxPlaces1764300000000,
    Memberships1764400100000,
    ZoneRelease1764600000000,
    Trash1764800000000,
    ScheduledStanding1764900300000,
    FeedTasks1764900300066,
    Search1764900300011,
    Subtasks1764900300070,
  ],
  load: async () => (await import('./module.js')).RecurrenceModule,
});
