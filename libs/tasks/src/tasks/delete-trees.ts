// Deleting tasks with all that is below them, each with its own event.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { TaskEvent } from '../../contract/tasks.events.js';
import type { Reach } from '../domain/reach.js';
import { changesBetween } from '../domain/task-state.js';
import { deleteTasks } from '../persistence/task-records.js';
import { readTrees, stateOf } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';

/** In a transaction. @returns the ids deleted, roots and subtasks. */
export async function deleteTrees(
  on: Executor,
  context: CallContext,
  roots: readonly string[],
  origin?: TaskEvent['origin'],
): Promise<Set<string>> {
  const rows = await lockTrees(on, context.principal, roots);
  return deleteTasks(
    on,
    context,
    rows.map((row) => ({ row, changes: changesBetween(stateOf(row), undefined) })),
    origin,
  );
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
