// The events of this module: subjects `events.notifications.v1.<event>` on the stream EVENTS_NOTIFICATIONS.
import { defineEvent } from '@mono/bus';

interface NotificationsEvent {
  /** UUIDv7; also the message's `Nats-Msg-Id`. */
  id: string;
  aggregate_id: string;
  version: number;
  /** Of a change: the one in which the user acts. */
  workspace_id: string;
  /** RFC 3339, UTC. */
  occurred_at: string;
  actor: { kind: 'user' | 'system'; id: string };
  request_id: string;
  /** Old and new value of each changed field, by its REST name. */
  changes: Record<string, { from: unknown; to: unknown }>;
  /** W3C, where calls are traced. */
  traceparent?: string;
}

/** A user wants to be told of other things, or at other times. */
export interface PreferencesUpdatedEvent extends NotificationsEvent {
  event: 'preferences_updated';
  /** `aggregate_id` is the user. */
  aggregate: 'preferences';
}

/** A user is to be told by mail that a task of theirs is due soon: once per task, due date and user. */
export class TaskDueSoonEvent implements NotificationsEvent {
  /** Of the form of a UUIDv7, but made of task, due date and user. */
  id: string;
  event: 'task_due_soon';
  aggregate: 'reminder';
  /** The same as `id`. */
  aggregate_id: string;
  version: number;
  workspace_id: string;
  occurred_at: string;
  actor: { kind: 'system'; id: 'reminders' };
  request_id: string;
  changes: Record<string, never>;
  task_id: string;
  user_id: string;
  /** RFC 3339, UTC: by when the task is due, of a whole day its last millisecond. */
  due_at: string;
}

export const taskDueSoon = defineEvent({ module: 'notifications', name: 'task_due_soon', event: TaskDueSoonEvent });
