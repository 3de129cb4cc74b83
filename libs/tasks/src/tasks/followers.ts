// The subtasks that move with their parent to another list.
import type { Executor, Statement } from '@mono/platform';
import type { Reach } from '../domain/reach.js';
import { changesBetween } from '../domain/task-state.js';
import type { TaskChange } from '../persistence/task-records.js';
import { lockTasks, stateOf } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';

/** Below a task, along tasks of its list. */
const BELOW: Statement = {
  name: 'tasks.followers',
  text: `WITH RECURSIVE below AS (
      SELECT c.id FROM tasks.task c WHERE c.workspace_id = $1 AND c.parent_id = $2 AND c.list_id = $3
      UNION SELECT c.id FROM below b JOIN tasks.task c ON c.parent_id = b.id WHERE c.workspace_id = $1 AND c.list_id = $3
    ) SELECT id FROM below`,
};

export function changesList({ row, state }: TaskChange): boolean {
  return row.list_id !== state.list_id;
}

/** In a transaction that has locked the tree and the task. Each subtask is behind its parent, in the manual order. */
export async function followersOf(on: Executor, reach: Reach, { row, state }: TaskChange): Promise<TaskChange[]> {
  const found = await on.query<{ id: string }>(BELOW, [reach.workspaceId, row.id, row.list_id]);
  if (found.length === 0) return [];
  const rows = await lockTasks(
    on,
    reach,
    found.map(({ id }) => id),
  );
  // While the locks were waited for, some may have left.
  return below(row, rows).map((child) => {
    const from = stateOf(child);
    const to = { ...from, list_id: state.list_id };
    return { row: child, state: to, event: 'updated', changes: changesBetween(from, to) };
  });
}

function below(parent: TaskRow, rows: readonly TaskRow[]): TaskRow[] {
  return rows
    .filter(({ parent_id: parentId, list_id: listId }) => parentId === parent.id && listId === parent.list_id)
    .sort((one, other) => Buffer.compare(Buffer.from(one.position), Buffer.from(other.position)))
    .flatMap((child) => [child].concat(below(child, rows)));
}
