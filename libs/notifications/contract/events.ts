// The events of this module: subjects `events.notifications.v1.<event>` on the stream EVENTS_NOTIFICATIONS.
import { defineEvent } from '@mono/bus';

/** A user is told by mail that a task of theirs is due soon. Once per task, due date and user. */
export class TaskDueSoonEvent {
  /** A UUID of the form of version 7, made of task, due date and user; also the message's `Nats-Msg-Id`. */
  id: string;
  event: 'task_due_soon';
  aggregate: 'reminder';
  /** The same as `id`. */
  aggregate_id: string;
  version: 1;
  workspace_id: string;
  /** RFC 3339, UTC. */
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
