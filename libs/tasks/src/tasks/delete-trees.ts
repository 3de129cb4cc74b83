// Deleting tasks with all that is below them, each with its own event.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { DeletionRoot } from '../../contract/tasks.events.js';
import type { Reach } from '../domain/reach.js';
import { changesBetween } from '../domain/task-state.js';
import { deleteTasks, type Deletion } from '../persistence/task-records.js';
import { readTrees, stateOf } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';

/** In a transaction. @param root with which all of them go; without it each tree goes by itself. @returns the ids deleted, roots and subtasks. */
export async function deleteTrees(
  on: Executor,
  context: CallContext,
  roots: readonly string[],
  deletion: Deletion & { root?: DeletionRoot } = {},
): Promise<Set<string>> {
  const rows = await lockTrees(on, context.principal, roots);
  const topOf = topsOf(rows);
  const removals = rows.map((row) => ({
    row,
    changes: changesBetween(stateOf(row), undefined),
    root: deletion.root ?? { type: 'task' as const, id: topOf(row).id },
  }));
  return deleteTasks(on, context, removals, deletion);
}

/** Above each row, the highest that is among them: a root may be a subtask of another. */
function topsOf(rows: readonly TaskRow[]): (row: TaskRow) => TaskRow {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (row) => {
    let top = row;
    for (let above: TaskRow | undefined = row; above; above = byId.get(above.parent_id ?? '')) top = above;
    return top;
  };
}

/** While the locks were waited for, subtasks may have come or gone. Below a locked task none comes any more. */
async function lockTrees(on: Executor, reach: Reach, roots: readonly string[]): Promise<TaskRow[]> {
  const locked = new Set<string>();
  for (;;) {
    const rows = await readTrees(on, reach, roots, true);
    if (rows.every(({ id }) => locked.has(id))) return rows;
    for (const { id } of rows) locked.add(id);
  }
}
