// A task as the history knows it, or as tasks does before its first event has arrived.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { TasksClient } from '@mono/tasks/contract';
import { timeTrackingErrors } from '../../contract/time-tracking.errors.js';
import { reaches } from '../domain/reach.js';

/** Asks the module of tasks. */
export type AskTask = Pick<TasksClient, 'getTask'>;
/** The token of AskTask. */
export const TASKS = Symbol('tasks');

export interface KnownTask {
  estimated_duration: string | null;
  isDeleted: boolean;
}

interface Row {
  list_id: string | null;
  estimated_duration: string | null;
  status: string | null;
  /** Of one that was deleted before tasks kept what it was, its history is all that will ever be known. */
  is_whole: boolean;
}

/** @throws NotFoundError `task_not_found`, also for one in a list beyond the caller's reach. */
export async function requireTask(on: Executor, tasks: AskTask, context: CallContext, id: string): Promise<KnownTask> {
  const { principal } = context;
  const [row] = await on.query<Row>(
    {
      name: 'time_tracking.known_task',
      text: `SELECT list_id, estimated_duration, status, status_seen > 0 AND (list_id_seen > 0 OR status IS NULL) AS is_whole
        FROM time_tracking.task WHERE task_id = $1 AND workspace_id = $2`,
    },
    [id, principal.workspaceId],
  );
  if (row?.is_whole) {
    if (!reaches(principal, row.list_id)) throw timeTrackingErrors.task_not_found({ id });
    return { estimated_duration: row.estimated_duration, isDeleted: row.status === null };
  }
  const { estimated_duration } = await askTask(tasks, context, id);
  return { estimated_duration, isDeleted: false };
}

/** As tasks itself knows it now. @throws NotFoundError `task_not_found`. */
export function askTask(tasks: AskTask, context: CallContext, id: string) {
  const { workspaceId, listIds } = context.principal;
  const principal = { kind: 'system', id: 'time-tracking', workspaceId, scopes: ['tasks:read'] } as const;
  return tasks.getTask({ id }, { ...context, principal: { ...principal, ...(listIds && { listIds }) } });
}
