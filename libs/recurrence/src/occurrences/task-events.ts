// The events of tasks that say something of occurrences and of their lists, as contracts. That an occurrence's task was made
// is no news here.
import { defineEvent, type EventContract } from '@mono/bus';
import type { TaskEvent as Body, TasksEvent } from '@mono/tasks/contract';

/** What is needed of an event. */
export class TaskEvent {
  /** UUIDv7. */
  id: string;
  event: TasksEvent['event'];
  origin: TasksEvent['origin'];
  aggregate_id: string;
  version: number;
  workspace_id: string;
  occurred_at: string;
  actor: TasksEvent['actor'];
  request_id: string;
  changes: TasksEvent['changes'];
  /** Of an occurrence's task only. */
  occurrence?: Body['occurrence'];
}

const HEARD = ['updated', 'status_changed', 'completed', 'deleted'] as const;

export const taskEvents: readonly EventContract<TaskEvent>[] = HEARD.map((name) =>
  defineEvent({ module: 'tasks', name, event: TaskEvent }),
);

export const listDeleted = defineEvent({ module: 'tasks', name: 'list_deleted', event: TaskEvent });
