// The events of tasks that are kept as history, as contracts.
import { defineEvent, type EventContract } from '@mono/bus';
import type { TasksEvent } from '@mono/tasks/contract';

/** What is needed of an event. */
export class TaskEvent {
  event: TasksEvent['event'];
  /** The task. */
  aggregate_id: string;
  version: number;
  workspace_id: string;
  occurred_at: string;
  actor: TasksEvent['actor'];
  request_id: string;
  changes: TasksEvent['changes'];
}

const HEARD = ['created', 'updated', 'status_changed', 'completed', 'deleted'] as const;

export const taskEvents: readonly EventContract<TaskEvent>[] = HEARD.map((name) =>
  defineEvent({ module: 'tasks', name, event: TaskEvent }),
);
