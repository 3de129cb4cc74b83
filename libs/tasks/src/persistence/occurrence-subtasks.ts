// The statements over subtasks that recurrence creates with occurrences.
import type { Executor } from '@mono/platform';
import type { KeptOutcome } from './occurrence-records.js';
import { findParents } from './task-reads.js';
import { taskColumns, type TaskRow } from './task-row.js';

export interface SubtaskOfOccurrence extends TaskRow {
  parent_id: string;
  /** Whether it is as recurrence has written it: nobody has changed or begun it, or created a subtask of it. */
  is_untouched: boolean;
  /** Whether recurrence has created it. */
  is_from_template: boolean;
}

/** In a transaction that has locked these tasks. No further subtasks of them, or of those returned, are created until its end. */
export async function lockSubtasks(
  on: Executor,
  workspaceId: string,
  parents: readonly string[],
): Promise<Map<string, SubtaskOfOccurrence[]>> {
  if (parents.length === 0) return new Map();
  const rows = await on.query<TaskRow & { parent_id: string; written_version: number | null }>(
    {
      name: 'tasks.lock_subtasks_of_occurrences',
      text: `SELECT ${taskColumns('t')}, (SELECT o.written_version FROM tasks.occurrence o WHERE o.workspace_id = $2 AND o.task_id = t.id) AS written_version
        FROM tasks.task t WHERE t.parent_id = ANY($1::uuid[]) AND t.workspace_id = $2 ORDER BY t.id FOR UPDATE OF t`,
    },
    [parents, workspaceId],
  );
  const above = await findParents(
    on,
    rows.map(({ id }) => id),
  );
  const subtasks = rows.map(({ written_version: written, ...row }) =>
    Object.assign(row, {
      is_from_template: written !== null,
      is_untouched: written === row.version && row.status === 'todo' && !above.has(row.id),
    }),
  );
  return Map.groupBy(subtasks, ({ parent_id: parent }) => parent);
}

/** The last outcomes of subtasks that recurrence has created, deleted ones as well. */
export async function findOutcomes(
  on: Executor,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, KeptOutcome>> {
  const rows = await on.query<{ task_id: string; outcome: KeptOutcome }>(
    'SELECT task_id, outcome FROM tasks.occurrence WHERE workspace_id = $1 AND task_id = ANY($2::uuid[])',
    [workspaceId, ids],
  );
  return new Map(rows.map(({ task_id: id, outcome }) => [id, outcome]));
}
