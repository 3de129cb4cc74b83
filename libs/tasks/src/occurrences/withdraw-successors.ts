// A task that is over has been followed by the next occurrence of its template. Reopened, it is the live one again, and what
// followed it goes, unless somebody has worked on that.
import type { CallContext, Principal } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { decide, isOpen } from '../domain/occurrence-revision.js';
import { findSuccessors, lockOccurrences } from '../persistence/occurrence-records.js';
import { lockSubtasks } from '../persistence/occurrence-subtasks.js';
import type { Deletion, TaskChange } from '../persistence/task-records.js';
import { lockTasks, stateOf } from '../persistence/task-reads.js';
import type { AssigningContext } from '../tasks/assignees.js';
import { deleteTrees } from '../tasks/delete-trees.js';
import { tasksErrors } from '../../contract/tasks.errors.js';

/** Nobody has worked on what is withdrawn. */
export const WITHDRAWAL: Deletion = { origin: 'recurrence', permanent: true };

export function reopens({ row, state }: TaskChange): boolean {
  return row.series_id !== null && !isOpen(row) && isOpen(state);
}

/** In a transaction in which the tasks to be reopened are locked. @throws ConflictError `successor_touched`. */
export async function withdrawSuccessors(
  on: Executor,
  context: AssigningContext,
  changes: readonly TaskChange[],
): Promise<void> {
  await withdrawSuccessorsOf(
    on,
    context,
    changes.filter(reopens).map(({ row }) => row.id),
  );
}

/** As above, of tasks that are live again. */
export async function withdrawSuccessorsOf(on: Executor, context: CallContext, ids: readonly string[]): Promise<void> {
  const { principal } = context;
  // Whoever is limited to some lists may still reopen what is in them.
  const reach = { workspaceId: principal.workspaceId };
  const found = ids.length === 0 ? [] : await findSuccessors(on, principal.workspaceId, ids);
  if (found.length === 0) return;
  const kept = await lockOccurrences(on, principal.workspaceId, found);
  const rows = await lockTasks(on, reach, found);
  const subtasks = await lockSubtasks(on, principal.workspaceId, found);
  for (const row of rows) {
    const standing = {
      state: stateOf(row),
      version: row.version,
      writtenVersion: kept.get(row.id)?.written_version ?? 0,
      hasOwnSubtasks: (subtasks.get(row.id) ?? []).some(({ is_untouched: untouched }) => !untouched),
      overridden: null,
    };
    const { outcome } = decide(standing, { identity: standing.state, fields: null, force: false });
    if (outcome !== 'removed') {
      throw tasksErrors.successor_touched({ task_id: row.id });
    }
  }
  const all = rows.map(({ id }) => id);
  if (all.length > 0) await deleteTrees(on, { ...context, principal: withoutLists(principal) }, all, WITHDRAWAL);
}

function withoutLists({ listIds: _lists, ...principal }: Principal): Principal {
  return principal;
}
