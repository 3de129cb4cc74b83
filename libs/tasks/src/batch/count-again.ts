import type { Executor } from '@mono/platform';
import type { BatchOperation, BatchResult } from '../../contract/batch.js';
import type { Reach } from '../domain/reach.js';
import { readCounts } from '../persistence/task-reads.js';
import { warnOfBlockers } from '../relations/open-blockers.js';

/**
 * Counts the open blockers and subtasks of a batch's tasks at its end, and warns of the blockers: operations that create, close, reopen,
 * delete or move a task change the counts of others.
 */
export async function countAgain(
  on: Executor,
  reach: Reach,
  operations: readonly BatchOperation[],
  results: readonly BatchResult[],
): Promise<void> {
  if (!operations.some(changesCounts)) return;
  const updated = results.flatMap(({ task }, index) => {
    const { op, patch } = operations[index] ?? {};
    return task && op === 'update' ? [{ task, isFinished: patch?.status === 'done' }] : [];
  });
  if (updated.length === 0) return;
  const ids = updated.map(({ task }) => task.id);
  const counts = await readCounts(on, reach.workspaceId, ids);
  for (const { task } of updated) Object.assign(task, counts.get(task.id));
  const finished = updated.flatMap(({ task, isFinished }) => (isFinished ? task : []));
  await warnOfBlockers(on, reach, finished);
}

function changesCounts({ op, task, patch }: BatchOperation): boolean {
  return op === 'delete' || patch?.status !== undefined || (task ?? patch)?.parent_id !== undefined;
}
