// The events of this module, as other modules and outside consumers see them: subjects `events.tasks.v1.<event>` on the
// stream EVENTS_TASKS. Every mutation of a task or list raises its version by one and yields exactly one of them.

export const TASK_EVENTS = ['created', 'updated', 'status_changed', 'completed', 'deleted', 'due_soon'] as const;
export type TaskEventName = (typeof TASK_EVENTS)[number];

export const LIST_EVENTS = ['list_created', 'list_updated', 'list_deleted'] as const;
export type ListEventName = (typeof LIST_EVENTS)[number];

/**
 * Old and new value of each changed field, by its REST name; null for "none". A creation comes from nulls, a deletion goes to
 * nulls. With the origin `zone_data`, `due_instant` is the end of the day `due_on`.
 */
export type Changes = Record<string, { from: unknown; to: unknown }>;

/** The JSON body of an event. */
export interface TasksEvent {
  /** UUIDv7; also the message's `Nats-Msg-Id`. The same event delivered again has the same id. */
  id: string;
  event: TaskEventName | ListEventName;
  aggregate: 'task' | 'list';
  aggregate_id: string;
  /** The aggregate's version after the change. `due_soon` changes nothing and carries the version it saw. */
  version: number;
  workspace_id: string;
  /** RFC 3339, UTC: the change's own time, never before that of the version before. */
  occurred_at: string;
  actor: { kind: 'api_key' | 'user' | 'system'; id: string };
  request_id: string;
  /**
   * `system`: nobody has asked for the change of this task, such as when its assignee leaves the workspace. `zone_data`: a new
   * release of the time zone data moves what nobody has touched.
   */
  origin: 'user' | 'recurrence' | 'system' | 'zone_data';
  changes: Changes;
  /** Of a task that is an occurrence of a template: of which, and which one. `template_id` is that after the change. */
  occurrence?: { template_id: string; series_id: string; original_start: string };
  /** W3C, where calls are traced. */
  traceparent?: string;
  /** With `due_soon` only: what a reminder says. */
  due?: {
    title: string;
    list_id: string;
    assignee_id: string | null;
    /** RFC 3339, UTC: the instant by which the task is due, of a whole day its last millisecond. */
    due_at: string;
    due_on: string | null;
  };
}
