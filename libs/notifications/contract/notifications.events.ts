// The events of this module: subjects `events.notifications.v1.<event>` on the stream EVENTS_NOTIFICATIONS.
import { defineEvents, EventBody } from '@mono/contract';

/** The aggregate is the user. */
export class PreferencesUpdated extends EventBody {
  event: 'preferences_updated';
  aggregate: 'preferences';
  /** The workspace in which the user acts. */
  workspace_id: string;
  override actor: { kind: 'user'; id: string };
}

/** Requests the reminder mail: one event per task, due date and user. */
export class TaskDueSoonReminder extends EventBody {
  /** A UUIDv7 that is derived from task, due date and user; also the id of the aggregate. */
  override id: string;
  event: 'task_due_soon';
  aggregate: 'reminder';
  workspace_id: string;
  override actor: { kind: 'system'; id: 'reminders' };
  override changes: Record<string, never>;
  task_id: string;
  user_id: string;
  /** RFC 3339, UTC: the instant by which the task is due. For a whole day, its last millisecond. */
  due_at: string;
}

/** Requests the mail about new assignments of a user in a workspace. This module keeps which tasks they are. */
export class TasksAssigned extends EventBody {
  event: 'tasks_assigned';
  aggregate: 'assignment_mail';
  workspace_id: string;
  override actor: { kind: 'system'; id: 'assignments' };
  override changes: Record<string, never>;
  user_id: string;
}

/** Requests the digest of a day: one event per user and day. */
export class DailyDigest extends EventBody {
  /** A UUIDv7 that is derived from user and day; also the id of the aggregate. */
  override id: string;
  event: 'daily_digest';
  aggregate: 'digest';
  override actor: { kind: 'system'; id: 'digests' };
  override changes: Record<string, never>;
  user_id: string;
  /** The calendar date in the user's zone. */
  day: string;
}

export const notificationsEvents = defineEvents('notifications', {
  preferences_updated: PreferencesUpdated,
  task_due_soon: TaskDueSoonReminder,
  tasks_assigned: TasksAssigned,
  daily_digest: DailyDigest,
});
