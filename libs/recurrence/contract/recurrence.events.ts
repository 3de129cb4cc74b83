// The events of this module: subjects `events.recurrence.v1.<event>` on the stream EVENTS_RECURRENCE. Every change of a
// template, an exception or a feed raises its version by one and writes exactly one of them.
import { defineEvents, EventBody } from '@mono/contract';
import type { OccurrenceFields } from './occurrence.js';

abstract class OfTemplate extends EventBody {
  workspace_id: string;
  /**
   * `tasks`: a user has changed the occurrence's task, or the template's list is deleted or restored. `system`: nobody has asked for the
   * change of this template, such as when its assignee leaves the workspace.
   */
  origin: 'user' | 'tasks' | 'system';
  template_id: string;
  series_id: string;
}

export class TemplateEvent extends OfTemplate {
  event:
    | 'template_created'
    | 'template_updated'
    | 'template_split'
    | 'template_paused'
    | 'template_resumed'
    | 'template_ended'
    | 'template_deleted'
    | 'template_restored'
    | 'template_purged';
  aggregate: 'template';
}

/** It may come back (`template_restored`) unless it is `permanent`. */
export class TemplateDeleted extends TemplateEvent {
  /** Whether it is gone for good, as after `template_purged`. Absent in events of releases without a trash. */
  permanent?: boolean;
}

/** The id of the aggregate never changes, whatever becomes of the occurrence's task. */
export class OccurrenceEvent extends OfTemplate {
  event: 'occurrence_skipped' | 'occurrence_moved' | 'occurrence_edited' | 'occurrence_restored';
  aggregate: 'occurrence';
  original_start: string;
  /** The fields that differ from the template after the change. */
  fields: OccurrenceFields;
}

/** Neither the URL of a feed nor a hash of it is ever in an event. The version is 1 when created, 2 when revoked. */
export class FeedEvent extends EventBody {
  event: 'feed_created' | 'feed_revoked';
  aggregate: 'feed';
  workspace_id: string;
  /** Where the request came from: an address, `nats`, or `event` where the module itself revoked the feed. */
  source: string;
}

export const templateEvents = defineEvents('recurrence', {
  template_created: TemplateEvent,
  template_updated: TemplateEvent,
  template_split: TemplateEvent,
  template_paused: TemplateEvent,
  template_resumed: TemplateEvent,
  template_ended: TemplateEvent,
  template_deleted: TemplateDeleted,
  template_restored: TemplateEvent,
  template_purged: TemplateEvent,
});

export const occurrenceEvents = defineEvents('recurrence', {
  occurrence_skipped: OccurrenceEvent,
  occurrence_moved: OccurrenceEvent,
  occurrence_edited: OccurrenceEvent,
  occurrence_restored: OccurrenceEvent,
});

export const feedEvents = defineEvents('recurrence', { feed_created: FeedEvent, feed_revoked: FeedEvent });

export const recurrenceEvents = { ...templateEvents, ...occurrenceEvents, ...feedEvents };
