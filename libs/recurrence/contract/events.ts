// The events of this module: subjects `events.recurrence.v1.<event>` on the stream EVENTS_RECURRENCE. Every change of a
// template, and every change of an exception, raises its version by one and yields exactly one of them.
import type { OccurrenceFields } from './occurrence.js';

export const TEMPLATE_EVENTS = [
  'template_created',
  'template_updated',
  'template_split',
  'template_paused',
  'template_resumed',
  'template_ended',
  'template_deleted',
] as const;
export type TemplateEventName = (typeof TEMPLATE_EVENTS)[number];

export const OCCURRENCE_EVENTS = [
  'occurrence_skipped',
  'occurrence_moved',
  'occurrence_edited',
  'occurrence_restored',
] as const;
export type OccurrenceEventName = (typeof OCCURRENCE_EVENTS)[number];

export interface RecurrenceEvent {
  /** UUIDv7; also the message's `Nats-Msg-Id`. */
  id: string;
  event: TemplateEventName | OccurrenceEventName;
  aggregate: 'template' | 'occurrence';
  /** The template; of an occurrence, an id that it keeps for good. */
  aggregate_id: string;
  version: number;
  workspace_id: string;
  /** RFC 3339, UTC. */
  occurred_at: string;
  actor: { kind: 'api_key' | 'user' | 'system'; id: string };
  request_id: string;
  /**
   * `tasks`: somebody has changed the occurrence's task, or the template's list is gone. `system`: nobody has asked for the
   * change of this template, such as when its assignee leaves the workspace.
   */
  origin: 'user' | 'tasks' | 'system';
  /** Old and new value of each changed field, by its REST name. */
  changes: Record<string, { from: unknown; to: unknown }>;
  template_id: string;
  series_id: string;
  /** Of an occurrence. */
  original_start?: string;
  /** Of an occurrence: what differs from its template after the change. */
  fields?: OccurrenceFields;
  /** W3C, where calls are traced. */
  traceparent?: string;
}
