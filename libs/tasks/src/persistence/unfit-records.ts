// Finds the tasks of a list that break a rule of their status.
import type { Executor, Statement } from '@mono/platform';
import { OPEN_STATUSES, type TaskStatus } from '../../contract/task-constants.js';
import type { WorkflowGuard } from '../../contract/workflow.js';

export interface StatusRule {
  status: TaskStatus;
  is_unreachable: boolean;
  wip_limit: number | null;
  guards: readonly WorkflowGuard[];
}

export interface UnfitRow {
  id: string;
  status: TaskStatus;
  assignee_id: string | null;
  estimated_duration: string | null;
  open_subtasks: number;
  open_blockers: number;
  /** The tasks before it in a status that has a limit; 0 in others. */
  before: number;
}

const OPEN = OPEN_STATUSES.map((status) => `'${status}'`).join(', ');

const UNFIT: Statement = {
  name: 'tasks.find_unfit',
  text: `
    WITH rule AS MATERIALIZED (
      SELECT * FROM json_to_recordset($3) AS r(status tasks.task_status, is_unreachable boolean, wip_limit integer, guards text[])
    ),
    place AS MATERIALIZED (
      SELECT t.id, (row_number() OVER (PARTITION BY t.status ORDER BY t.position, t.id) - 1)::int AS before
      FROM tasks.task t JOIN rule r ON r.status = t.status
      WHERE t.workspace_id = $1 AND t.list_id = $2 AND r.wip_limit IS NOT NULL
    )
    SELECT t.id, t.status, t.assignee_id, t.estimated_duration, s.open_subtasks, b.open_blockers, coalesce(p.before, 0) AS before
    FROM tasks.task t JOIN rule r ON r.status = t.status LEFT JOIN place p ON p.id = t.id
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS open_subtasks FROM tasks.task c
        WHERE 'no_open_subtasks' = ANY(r.guards) AND c.parent_id = t.id AND c.status IN (${OPEN})
      ) s
      CROSS JOIN LATERAL (
        SELECT count(*)::int AS open_blockers FROM tasks.relation o JOIN tasks.task b ON b.id = o.task_id
        WHERE 'not_blocked' = ANY(r.guards) AND o.workspace_id = $1 AND o.other_id = t.id AND o.kind = 'blocks'
          AND b.status IN (${OPEN})
      ) b
    WHERE t.workspace_id = $1 AND t.list_id = $2 AND (
      r.is_unreachable OR p.before >= r.wip_limit OR s.open_subtasks > 0 OR b.open_blockers > 0
      OR ('assignee_required' = ANY(r.guards) AND t.assignee_id IS NULL)
      OR ('estimate_required' = ANY(r.guards) AND t.estimated_duration IS NULL)
    )
    ORDER BY t.position, t.id LIMIT $4`,
};

/** In the manual order. */
export function findUnfit(
  on: Executor,
  workspaceId: string,
  listId: string,
  rules: readonly StatusRule[],
  limit: number,
): Promise<UnfitRow[]> {
  return on.query<UnfitRow>(UNFIT, [workspaceId, listId, JSON.stringify(rules), limit]);
}
