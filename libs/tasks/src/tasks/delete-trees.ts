// Deleting tasks with all that is below them, each with its own event.
import type { CallContext, Executor } from '@mono/platform';
import { changesBetween } from '../domain/task-state.js';
import { deleteTasks } from '../persistence/task-records.js';
import { readTrees, stateOf } from '../persistence/task-reads.js';

/** In a transaction. @returns the ids deleted, roots and subtasks. @throws pg's foreign key violation when a subtask comes meanwhile. */
export async function deleteTrees(on: Executor, context: CallContext, roots: readonly string[]): Promise<Set<string>> {
  const rows = await readTrees(on, context.principal.workspaceId, roots, true);
  return deleteTasks(
    on,
    context,
    rows.map((row) => ({ row, changes: changesBetween(stateOf(row), undefined) })),
  );
}
