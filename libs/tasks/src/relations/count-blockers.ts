import type { Executor } from '@mono/platform';
import type { BatchOperation, BatchResult } from '../../contract/batch.js';
import type { Reach } from '../domain/reach.js';
import { openBlockers, warnOfBlockers } from './open-blockers.js';

/**
 * Counts the open blockers of a batch's tasks at its end, and warns of them: operations that close, reopen or delete a task change the
 * count of others.
 */
export async function countBlockers(
  on: Executor,
  reach: Reach,
  operations: readonly BatchOperation[],
  results: readonly BatchResult[],
): Promise<void> {
  if (!operations.some(({ op, patch }) => op === 'delete' || patch?.status !== undefined)) return;
  const updated = results.flatMap(({ task }, index) => {
    const { op, patch } = operations[index] ?? {};
    return task && op === 'update' ? [{ task, isFinished: patch?.status === 'done' }] : [];
  });
  if (updated.length === 0) return;
  const blockers = await openBlockers(
    on,
    { workspaceId: reach.workspaceId },
    updated.map(({ task }) => task.id),
  );
  for (const { task } of updated) task.blocked_by_open = blockers.get(task.id)?.length ?? 0;
  const finished = updated.flatMap(({ task, isFinished }) => (isFinished ? task : []));
  await warnOfBlockers(on, reach, finished);
}
