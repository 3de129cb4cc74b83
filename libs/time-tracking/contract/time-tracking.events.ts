// The events of this module: subjects `events.time-tracking.v1.<event>` on the stream EVENTS_TIME_TRACKING. Every change of
// an aggregate raises its version by one and writes exactly one of them.
import { defineEvents, EventBody } from '@mono/contract';

abstract class OfWorkspace extends EventBody {
  workspace_id: string;
  /** `system`: nobody asked for it at that moment. */
  origin: 'user' | 'system';
  /** Where the actor spoke from: an address, `nats` or `cli`. */
  source?: string;
}

/** The aggregate is the task. Its version is raised with each change of the measured time, not always by one; it is not the task's version. */
export class TaskTimeEvent extends OfWorkspace {
  event: 'actual_duration_changed';
  aggregate: 'task_time';
  /** ISO 8601; null for none. */
  override changes: { actual_duration: { from: string | null; to: string | null } };
}

export class EntryEvent extends OfWorkspace {
  event: 'entry_created' | 'entry_updated' | 'entry_deleted' | 'timer_started' | 'timer_stopped' | 'timer_forgotten';
  aggregate: 'entry';
  /** Whose time the entry is. */
  user_id: string;
}

/** Changes nothing, and carries the version that it saw. */
export class TimerForgotten extends EntryEvent {
  timer: { started_at: string; task_id: string | null; task_title: string | null };
}

/** The aggregate is the workspace. */
export class SettingsEvent extends OfWorkspace {
  event: 'settings_updated' | 'period_locked';
  aggregate: 'settings';
  override source: string;
}

export const timeTrackingEvents = defineEvents('time-tracking', {
  actual_duration_changed: TaskTimeEvent,
  entry_created: EntryEvent,
  entry_updated: EntryEvent,
  entry_deleted: EntryEvent,
  timer_started: EntryEvent,
  timer_stopped: EntryEvent,
  timer_forgotten: TimerForgotten,
  settings_updated: SettingsEvent,
  period_locked: SettingsEvent,
});

export type TimeTrackingEvent = TaskTimeEvent | EntryEvent | TimerForgotten | SettingsEvent;
