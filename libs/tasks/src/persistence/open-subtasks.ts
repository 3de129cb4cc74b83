// The open subtasks of tasks, at all levels.
import type { Executor, Statement } from '@mono/platform';
import { OPEN_STATUSES } from '../../contract/task-constants.js';
import { lockTasks } from './task-reads.js';
import type { TaskRow } from './task-row.js';

export interface OpenSubtask {
  root_id: string;
  id: string;
  list_id: string;
  /** How many its root has. */
  open: number;
}

/** A closed subtask may have open ones. The deepest come first. */
const BELOW: Statement = {
  name: 'tasks.find_open_subtasks',
  text: `WITH RECURSIVE below AS (
      SELECT parent_id AS root_id, id, list_id, status, 1 AS depth FROM tasks.task
      WHERE workspace_id = $1 AND parent_id = ANY($2::uuid[])
      UNION ALL SELECT b.root_id, c.id, c.list_id, c.status, b.depth + 1 FROM below b JOIN tasks.task c ON c.parent_id = b.id
    )
    SELECT root_id, id, list_id, (count(*) OVER (PARTITION BY root_id))::int AS open FROM below
    WHERE status = ANY($3::tasks.task_status[]) AND id <> ALL($5::uuid[]) ORDER BY depth DESC, id LIMIT $4`,
};

/** @param closing those that are no longer open in a moment. */
export function findOpenSubtasks(
  on: Executor,
  workspaceId: string,
  roots: readonly string[],
  limit: number,
  closing: readonly string[] = [],
): Promise<OpenSubtask[]> {
  return on.query<OpenSubtask>(BELOW, [workspaceId, roots, OPEN_STATUSES, limit, closing]);
}

/** In a transaction that has locked the roots. Below a locked task none comes any more. */
export async function lockOpenSubtasks(
  on: Executor,
  workspaceId: string,
  roots: readonly string[],
  limit: number,
  closing: readonly string[] = [],
): Promise<{ found: OpenSubtask[]; rows: Map<string, TaskRow> }> {
  let rows = new Map<string, TaskRow>();
  for (;;) {
    const found = await findOpenSubtasks(on, workspaceId, roots, limit, closing);
    if (found.every(({ id }) => rows.has(id))) return { found, rows };
    const ids = found.map(({ id }) => id);
    rows = new Map((await lockTasks(on, { workspaceId }, ids)).map((row) => [row.id, row]));
  }
}
