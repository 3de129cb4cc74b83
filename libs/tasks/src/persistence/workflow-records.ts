// The statements over workflows, and over the tasks that their rules count.
import type { CallContext } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { OPEN_STATUSES, type TaskStatus } from '../../contract/task-constants.js';
import { tasksEvents } from '../../contract/tasks.events.js';
import type { WorkflowRules } from '../domain/workflow.js';
import { eventPayload } from './event-payload.js';

export interface WorkflowRow {
  workflow: WorkflowRules | null;
  /** The version of the list. */
  version: number;
}

const READ: Statement = {
  name: 'tasks.read_workflow',
  text: 'SELECT workflow, version FROM tasks.list WHERE id = $1 AND workspace_id = $2',
};

const LOCK: Statement = {
  name: 'tasks.lock_workflows',
  text: `SELECT id, workflow FROM tasks.list WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND workflow IS NOT NULL
    ORDER BY id FOR NO KEY UPDATE`,
};

const LOCK_OF_TASKS: Statement = {
  name: 'tasks.lock_workflows_of_tasks',
  text: `SELECT FROM tasks.list WHERE workspace_id = $1 AND workflow IS NOT NULL
      AND id IN (SELECT list_id FROM tasks.task WHERE workspace_id = $1 AND id = ANY($2::uuid[]) UNION SELECT unnest($3::uuid[]))
    ORDER BY id FOR NO KEY UPDATE`,
};

const SAVE: Statement = {
  name: 'tasks.save_workflow',
  text: `WITH list AS (
      UPDATE tasks.list l SET workflow = $6::json, version = l.version + 1,
        updated_at = greatest(clock_timestamp()::timestamptz(3), l.updated_at)
      WHERE l.id = $1 AND l.workspace_id = $2
      RETURNING l.id, l.version, l.updated_at
    ),
    event AS (
      INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
      SELECT $3, $4, l.id, l.version, l.updated_at, $5 FROM list l
    )
    SELECT version FROM list`,
};

const COUNTS: Statement = {
  name: 'tasks.count_statuses',
  text: `SELECT n.list_id, n.status, (
      SELECT count(*)::int FROM tasks.task t WHERE t.workspace_id = $1 AND t.list_id = n.list_id AND t.status = n.status
    ) AS tasks
    FROM unnest($2::uuid[], $3::tasks.task_status[]) AS n (list_id, status)`,
};

const OPEN_SUBTASKS: Statement = {
  name: 'tasks.count_open_subtasks',
  text: `SELECT parent_id AS id, count(*)::int AS tasks FROM tasks.task
    WHERE workspace_id = $1 AND parent_id = ANY($2::uuid[]) AND status = ANY($3::tasks.task_status[]) GROUP BY parent_id`,
};

export async function readWorkflow(
  on: Executor,
  workspaceId: string,
  listId: string,
): Promise<WorkflowRow | undefined> {
  const [row] = await on.query<WorkflowRow>(READ, [listId, workspaceId]);
  return row;
}

/**
 * In a transaction: of those lists that have a workflow. Until its end nobody else enters a status of them, and their workflows stay.
 */
export async function lockWorkflows(
  on: Executor,
  workspaceId: string,
  listIds: readonly string[],
): Promise<Map<string, WorkflowRules>> {
  const rows = await on.query<{ id: string; workflow: WorkflowRules }>(LOCK, [workspaceId, listIds]);
  return new Map(rows.map(({ id, workflow }) => [id, workflow]));
}

/** As lockWorkflows, before the tasks themselves are locked: of the lists that hold them, and of these lists. */
export async function lockWorkflowsOfTasks(
  on: Executor,
  workspaceId: string,
  taskIds: readonly string[],
  listIds: readonly string[],
): Promise<void> {
  await on.query(LOCK_OF_TASKS, [workspaceId, taskIds, listIds]);
}

/** In a transaction that has locked the list. @returns the version of the list. */
export async function saveWorkflow(
  on: Executor,
  context: CallContext,
  listId: string,
  from: WorkflowRules | null,
  to: WorkflowRules | null,
): Promise<number> {
  const payload = eventPayload(context, 'list', listId, 'list_updated', { workflow: { from, to } });
  const [row] = await on.query<{ version: number }>(SAVE, [
    listId,
    context.principal.workspaceId,
    uuidv7(),
    tasksEvents.list_updated.subject,
    JSON.stringify(payload),
    to === null ? null : JSON.stringify(to),
  ]);
  if (!row) throw new Error('Invariant violated: a locked list is gone.');
  return row.version;
}

export interface StatusOfList {
  list_id: string;
  status: TaskStatus;
}

/** The number of tasks of each. */
export function countStatuses(
  on: Executor,
  workspaceId: string,
  statuses: readonly StatusOfList[],
): Promise<(StatusOfList & { tasks: number })[]> {
  return on.query(COUNTS, [workspaceId, statuses.map(({ list_id: id }) => id), statuses.map(({ status }) => status)]);
}

/** By task, for tasks that have some. */
export async function countOpenSubtasks(
  on: Executor,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await on.query<{ id: string; tasks: number }>(OPEN_SUBTASKS, [workspaceId, ids, OPEN_STATUSES]);
  return new Map(rows.map(({ id, tasks }) => [id, tasks]));
}
