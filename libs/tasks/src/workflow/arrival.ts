// Tasks that enter a status of a list: what a workflow judges.
import type { TaskStatus } from '../../contract/task-constants.js';
import type { TaskState } from '../domain/task-state.js';
import type { NewTask, TaskChange } from '../persistence/task-records.js';

export type Arriving = Pick<TaskState, 'list_id' | 'parent_id' | 'status' | 'assignee_id' | 'estimated_duration'>;

export interface Arrival {
  task_id: string;
  /** Where the task stands; null for a new one. */
  place: { list_id: string; status: TaskStatus } | null;
  state: Arriving;
}

export function arrivalOf({ row, state }: Pick<TaskChange, 'row' | 'state'>): Arrival {
  return { task_id: row.id, place: { list_id: row.list_id, status: row.status }, state };
}

export function arrivalOfNew({ id, state }: NewTask): Arrival {
  return { task_id: id, place: null, state };
}

/** Whether it gets into a status or a list that it was not in. */
export function enters({ place, state }: Arrival): boolean {
  return place === null || place.list_id !== state.list_id || place.status !== state.status;
}
