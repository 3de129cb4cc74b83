// The events of this module: subjects `events.time-tracking.v1.<event>` on the stream EVENTS_TIME_TRACKING. Every change of
// an aggregate raises its version by one and yields exactly one of them.
import { defineEvent, type EventContract } from '@mono/bus';

export const TASK_TIME_EVENTS = ['actual_duration_changed'] as const;
export const ENTRY_EVENTS = [
  'entry_created',
  'entry_updated',
  'entry_deleted',
  'timer_started',
  'timer_stopped',
  /** Changes nothing, and carries the version that it saw. */
  'timer_forgotten',
] as const;
export const SETTINGS_EVENTS = ['settings_updated', 'period_locked'] as const;

export type TaskTimeEventName = (typeof TASK_TIME_EVENTS)[number];
export type EntryEventName = (typeof ENTRY_EVENTS)[number];
export type SettingsEventName = (typeof SETTINGS_EVENTS)[number];

export interface TimeTrackingEvent {
  /** UUIDv7; also the message's `Nats-Msg-Id`. */
  id: string;
  event: TaskTimeEventName | EntryEventName | SettingsEventName;
  aggregate: 'task_time' | 'entry' | 'settings';
  /** The task; the entry; of settings, the workspace. */
  aggregate_id: string;
  /** Of `task_time`: raised with each change of the measured time, not always by one; no version of the task. */
  version: number;
  workspace_id: string;
  /** RFC 3339, UTC. */
  occurred_at: string;
  actor: { kind: 'api_key' | 'user' | 'system'; id: string };
  request_id: string;
  /** `system`: nobody asked for it at that moment. */
  origin: 'user' | 'system';
  /** Where the actor spoke from: an address, `nats` or `cli`. */
  source?: string;
  /** Old and new value of each changed field, by its REST name. */
  changes: Record<string, { from: unknown; to: unknown }>;
  /** Of an entry: whose time it is. */
  user_id?: string;
  /** With `timer_forgotten` only: since when it runs, and on which task. */
  timer?: { started_at: string; task_id: string | null; task_title: string | null };
  /** W3C, where calls are traced. */
  traceparent?: string;
}

/** As the audit trail reads it: who has changed how time is kept, or closed a period. */
export class SettingsEvent implements Pick<TimeTrackingEvent, Exclude<keyof TimeTrackingEvent, 'user_id' | 'timer'>> {
  id: string;
  event: SettingsEventName;
  aggregate: 'settings';
  aggregate_id: string;
  version: number;
  workspace_id: string;
  occurred_at: string;
  actor: TimeTrackingEvent['actor'];
  request_id: string;
  origin: TimeTrackingEvent['origin'];
  source: string;
  changes: TimeTrackingEvent['changes'];
  traceparent?: string;
}

export const settingsEvents: readonly EventContract<SettingsEvent>[] = SETTINGS_EVENTS.map((name) =>
  defineEvent({ module: 'time-tracking', name, event: SettingsEvent }),
);
