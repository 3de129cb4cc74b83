// The events of this module: subjects `events.notifications.v1.<event>` on the stream EVENTS_NOTIFICATIONS.
import { defineEvents, EventBody } from '@mono/contract';

/** A user has changed what they are notified of. The aggregate is the user. */
export class PreferencesUpdated extends EventBody {
  event: 'preferences_updated';
  aggregate: 'preferences';
  /** The one in which the user acts. */
  workspace_id: string;
}

/**
 * A user receives a mail about a task that is due soon: once per task, due date and user. The id has the form of a UUIDv7, but is made of
 * these three; it is also the aggregate's.
 */
export class TaskDueSoonReminder extends EventBody {
  event: 'task_due_soon';
  aggregate: 'reminder';
  workspace_id: string;
  override changes: Record<string, never>;
  task_id: string;
  user_id: string;
  /** RFC 3339, UTC: by when the task is due, of a whole day its last millisecond. */
  due_at: string;
}

export const notificationsEvents = defineEvents('notifications', {
  preferences_updated: PreferencesUpdated,
  task_due_soon: TaskDueSoonReminder,
});
