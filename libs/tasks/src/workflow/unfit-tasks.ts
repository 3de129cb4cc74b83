// The tasks of a list that its workflow would not let into their status.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { TASK_STATUSES } from '../../contract/task-constants.js';
import { MAX_UNFIT_TASKS, WORKFLOW_ROLES, type UnfitTask } from '../../contract/workflow.js';
import { limitOf, refusalsOf, unreachableStatuses, type WorkflowRules } from '../domain/workflow.js';
import { tasksErrors } from '../../contract/tasks.errors.js';
import { findUnfit, type UnfitRow } from '../persistence/unfit-records.js';

/** The first ones in the manual order. Roles do not matter: somebody has moved them. */
export async function findUnfitTasks(
  on: Executor,
  { principal }: CallContext,
  listId: string,
  workflow: WorkflowRules,
): Promise<UnfitTask[]> {
  const unreachable = unreachableStatuses(workflow);
  const rules = TASK_STATUSES.map((status) => ({
    status,
    is_unreachable: unreachable.includes(status),
    wip_limit: limitOf(workflow, status) ?? null,
    guards: workflow.guards[status] ?? [],
  })).filter((rule) => rule.is_unreachable || rule.wip_limit !== null || rule.guards.length > 0);
  if (rules.length === 0) return [];
  const rows = await findUnfit(on, principal.workspaceId, listId, rules, MAX_UNFIT_TASKS);
  return rows.map((row) => unfit(row, listId, workflow));
}

function unfit(row: UnfitRow, listId: string, workflow: WorkflowRules): UnfitTask {
  const { id, status, assignee_id, estimated_duration } = row;
  const entry = {
    list_id: listId,
    from: status,
    to: status,
    roles: WORKFLOW_ROLES,
    assignee_id,
    estimated_duration,
    openSubtasks: row.open_subtasks,
    openBlockers: row.open_blockers,
    others: row.before,
  };
  const [refusal = tasksErrors.invalid_transition({ list_id: listId, from: 'todo', to: status, allowed: [] })] =
    refusalsOf(workflow, entry);
  return { task_id: id, status, code: refusal.code, message: refusal.message };
}
