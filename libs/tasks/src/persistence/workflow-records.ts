// The statements over the rules of lists, and over the tasks that their rules count.
import type { CallContext } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { OPEN_STATUSES, type OnCompleteWithSubtasks, type TaskStatus } from '../../contract/task-constants.js';
import { tasksEvents } from '../../contract/tasks.events.js';
import type { WorkflowRules } from '../domain/workflow.js';
import { eventPayload } from './event-payload.js';

/** The rules of a list for the status of its tasks. */
export interface ListRules {
  workflow: WorkflowRules | null;
  on_complete_with_subtasks: OnCompleteWithSubtasks;
}

export interface WorkflowRow extends ListRules {
  /** The version of the list. */
  version: number;
}

const READ: Statement = {
  name: 'tasks.read_workflow',
  text: 'SELECT workflow, on_complete_with_subtasks, version FROM tasks.list WHERE id = $1 AND workspace_id = $2',
};

/** A list that has rules. */
const RULED = "(workflow IS NOT NULL OR on_complete_with_subtasks <> 'leave')";

const LOCK: Statement = {
  name: 'tasks.lock_rules',
  text: `SELECT id, workflow, on_complete_with_subtasks FROM tasks.list
    WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND ${RULED} ORDER BY id FOR NO KEY UPDATE`,
};

const LOCK_OF_TASKS: Statement = {
  name: 'tasks.lock_rules_of_tasks',
  text: `SELECT FROM tasks.list WHERE workspace_id = $1 AND ${RULED}
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
 * In a transaction: of those lists that have rules. Until its end nobody else enters a status that they limit, and their rules stay.
 */
export async function lockRules(
  on: Executor,
  workspaceId: string,
  listIds: readonly string[],
): Promise<Map<string, ListRules>> {
  if (listIds.length === 0) return new Map();
  const rows = await on.query<ListRules & { id: string }>(LOCK, [workspaceId, listIds]);
  return new Map(rows.map(({ id, ...rules }) => [id, rules]));
}

/** Which of these lists do not leave the open subtasks of tasks that are completed. */
export async function findRulingOnSubtasks(
  on: Executor,
  workspaceId: string,
  listIds: readonly string[],
): Promise<Set<string>> {
  if (listIds.length === 0) return new Set();
  const rows = await on.query<{ id: string }>(
    `SELECT id FROM tasks.list WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND on_complete_with_subtasks <> 'leave'`,
    [workspaceId, listIds],
  );
  return new Set(rows.map(({ id }) => id));
}

/** As lockRules, before the tasks themselves are locked: of the lists that hold them, and of these lists. */
export async function lockRulesOfTasks(
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
