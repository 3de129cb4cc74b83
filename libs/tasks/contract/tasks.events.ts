// The events of this module: subjects `events.tasks.v1.<event>` on the stream EVENTS_TASKS. Every mutation of a task or list
// raises its version by one and writes exactly one of them.
import { defineEvents, EventBody } from '@mono/contract';

abstract class OfWorkspace extends EventBody {
  workspace_id: string;
  /**
   * `system`: nobody has asked for the change of this task, such as when its assignee leaves the workspace. `zone_data`: a new
   * release of the time zone data moves what nobody has touched.
   */
  origin: 'user' | 'recurrence' | 'system' | 'zone_data';
}

/**
 * A creation changes from nulls, a deletion to nulls. With the origin `zone_data`, the change of `due_instant` is that of the end
 * of the day `due_on`.
 */
export class TaskEvent extends OfWorkspace {
  event: 'created' | 'updated' | 'status_changed' | 'completed' | 'deleted' | 'due_soon';
  aggregate: 'task';
  /** Identifies the occurrence of a template, where the task is one. `template_id` is that after the change. */
  occurrence?: { template_id: string; series_id: string; original_start: string };
}

/** Changes nothing, and carries the version that it saw. */
export class TaskDueSoon extends TaskEvent {
  /** The content of a reminder. */
  due: {
    title: string;
    list_id: string;
    assignee_id: string | null;
    /** RFC 3339, UTC: the instant by which the task is due, of a whole day its last millisecond. */
    due_at: string;
    due_on: string | null;
  };
}

export class ListEvent extends OfWorkspace {
  event: 'list_created' | 'list_updated' | 'list_deleted';
  aggregate: 'list';
}

export const tasksEvents = defineEvents('tasks', {
  created: TaskEvent,
  updated: TaskEvent,
  status_changed: TaskEvent,
  completed: TaskEvent,
  deleted: TaskEvent,
  due_soon: TaskDueSoon,
  list_created: ListEvent,
  list_updated: ListEvent,
  list_deleted: ListEvent,
});

export type TasksEvent = TaskEvent | TaskDueSoon | ListEvent;
