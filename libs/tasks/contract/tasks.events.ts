// The events of this module: subjects `events.tasks.v1.<event>` on the stream EVENTS_TASKS. Every mutation of a task or list
// raises its version by one and writes exactly one of them.
import { defineEvents, EventBody, type Changes } from '@mono/contract';
import type { RelationKind } from './task-constants.js';

abstract class OfWorkspace extends EventBody {
  workspace_id: string;
  /**
   * `system`: nobody has asked for the change of this task, such as when its assignee leaves the workspace. `zone_data`: a new
   * release of the time zone data moves what nobody has touched.
   */
  origin: 'user' | 'recurrence' | 'system' | 'zone_data';
}

/** The deletion or restoration that a thing is part of: the task or list that somebody deletes, purges or restores. */
export interface DeletionRoot {
  type: 'task' | 'list';
  id: string;
}

/**
 * A creation and a restoration change from nulls, a deletion to nulls; what is purged has no changes. With the origin `zone_data`, the change of `due_instant` is that of the end
 * of the day `due_on`.
 */
export class TaskEvent extends OfWorkspace {
  event:
    | 'created'
    | 'updated'
    | 'status_changed'
    | 'completed'
    | 'related'
    | 'unrelated'
    | 'deleted'
    | 'restored'
    | 'purged'
    | 'due_soon';
  aggregate: 'task';
  /** Identifies the occurrence of a template, where the task is one. `template_id` is that after the change. */
  occurrence?: { template_id: string; series_id: string; original_start: string };
}

/** A relation as a task has it, in the changes of its events. */
export interface RelationFact {
  /** The relation. */
  id: string;
  kind: RelationKind;
  /** The other task. */
  task_id: string;
}

/**
 * It has a new relation, or one less. Each of the two tasks has an event of its own. The deletion of a task ends its relations
 * without events of the others.
 */
export class TaskRelationsChanged extends TaskEvent {
  override changes: Changes & { relations: { from: RelationFact | null; to: RelationFact | null } };
}

/** It may come back (`restored`) unless it is `permanent`. */
export class TaskDeleted extends TaskEvent {
  /**
   * Whether it is gone for good, as after `purged`: what is kept for it may be erased. Otherwise it is in the trash. Absent in
   * events of releases without a trash, whose deletions kept what other modules have.
   */
  permanent?: boolean;
  root?: DeletionRoot;
}

/**
 * It is back from the trash, at the same id, with what it had. Its list may be another one, its parent and its assignee null, its
 * position new.
 */
export class TaskRestored extends TaskEvent {
  root: DeletionRoot;
}

/** It was in the trash and is gone for good: what is kept for it may be erased. */
export class TaskPurged extends TaskEvent {
  root: DeletionRoot;
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
  event: 'list_created' | 'list_updated' | 'list_deleted' | 'list_restored' | 'list_purged';
  aggregate: 'list';
}

/** As with tasks. */
export class ListDeleted extends ListEvent {
  permanent?: boolean;
}

/** Filters have no trash: a deleted one is gone for good. */
export class FilterEvent extends OfWorkspace {
  event: 'filter_created' | 'filter_updated' | 'filter_deleted';
  aggregate: 'filter';
  /** The owner of a personal filter; null: it is shared. */
  override visible_to: string | null;
}

export const tasksEvents = defineEvents('tasks', {
  created: TaskEvent,
  updated: TaskEvent,
  status_changed: TaskEvent,
  completed: TaskEvent,
  related: TaskRelationsChanged,
  unrelated: TaskRelationsChanged,
  deleted: TaskDeleted,
  restored: TaskRestored,
  purged: TaskPurged,
  due_soon: TaskDueSoon,
  list_created: ListEvent,
  list_updated: ListEvent,
  list_deleted: ListDeleted,
  list_restored: ListEvent,
  list_purged: ListEvent,
  filter_created: FilterEvent,
  filter_updated: FilterEvent,
  filter_deleted: FilterEvent,
});

export type TasksEvent =
  TaskEvent | TaskRelationsChanged | TaskDeleted | TaskRestored | TaskPurged | TaskDueSoon | ListEvent | ListDeleted;
