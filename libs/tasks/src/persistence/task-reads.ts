// Reading tasks by id, and the relations among them.
import type { Executor, Statement } from '@mono/platform';
import { OPEN_STATUSES } from '../../contract/task-constants.js';
import { beyond, reaches, type Reach } from '../domain/reach.js';
import type { TaskState } from '../domain/task-state.js';
import { literals } from './literals.js';
import { countedColumns, taskColumns, type TaskRow } from './task-row.js';

const ONE: Statement = {
  name: 'tasks.read_task',
  text: `SELECT ${taskColumns('t')} FROM tasks.task t WHERE t.id = $1 AND t.workspace_id = $2`,
};

export async function readTask(on: Executor, reach: Reach, id: string): Promise<TaskRow | undefined> {
  const [row] = await on.query<TaskRow>(ONE, [id, reach.workspaceId]);
  return row && reaches(reach, row.list_id) ? row : undefined;
}

const COUNTS: Statement = {
  name: 'tasks.read_counts',
  text: `SELECT t.id, ${countedColumns('t')} FROM tasks.task t WHERE t.id = ANY($1::uuid[]) AND t.workspace_id = $2`,
};

export type CountedRow = Pick<TaskRow, 'id' | 'blocked_by_open' | 'subtask_counts'>;

/** The counts of tasks by id. A statement that changes several tasks counts before its changes. */
export async function readCounts(
  on: Executor,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, CountedRow>> {
  if (ids.length === 0) return new Map();
  const rows = await on.query<CountedRow>(COUNTS, [ids, workspaceId]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Locked in the order of their ids, so that two callers never wait for each other. */
export async function lockTasks(on: Executor, reach: Reach, ids: readonly string[]): Promise<TaskRow[]> {
  const rows = await on.query<TaskRow>(
    {
      name: 'tasks.lock_tasks',
      text: `SELECT ${taskColumns('t')} FROM tasks.task t WHERE t.id = ANY($1::uuid[]) AND t.workspace_id = $2 ORDER BY t.id FOR UPDATE`,
    },
    [ids, reach.workspaceId],
  );
  return reach.listIds === undefined ? rows : rows.filter((row) => reaches(reach, row.list_id));
}

/**
 * These tasks and all below them, by id. `lock`: locked in the order of their ids.
 * @throws DomainError `forbidden` where some below are out of reach.
 */
export async function readTrees(
  on: Executor,
  reach: Reach,
  roots: readonly string[],
  lock: boolean,
): Promise<TaskRow[]> {
  const tree = `WITH RECURSIVE tree AS (
      SELECT id FROM tasks.task WHERE id = ANY($1::uuid[]) AND workspace_id = $2
      UNION SELECT c.id FROM tree p JOIN tasks.task c ON c.parent_id = p.id
    )`;
  const rows = await on.query<TaskRow>(
    {
      name: lock ? 'tasks.lock_trees' : 'tasks.read_trees',
      text: `${tree} SELECT ${taskColumns('t')} FROM tasks.task t WHERE t.id IN (SELECT id FROM tree) ORDER BY t.id ${lock ? 'FOR UPDATE' : ''}`,
    },
    [roots, reach.workspaceId],
  );
  const hidden = rows.filter((row) => !reaches(reach, row.list_id));
  if (hidden.length === 0) return rows;
  const near = roots.filter((root) => !hidden.some(({ id }) => id === root));
  if (near.length < roots.length) return near.length === 0 ? [] : readTrees(on, reach, near, lock);
  throw beyond('it has subtasks in others');
}

/** Which of these tasks have subtasks. */
export async function findParents(on: Executor, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await on.query<{ parent_id: string }>(
    'SELECT DISTINCT parent_id FROM tasks.task WHERE parent_id = ANY($1::uuid[])',
    [ids],
  );
  return new Set(rows.map((row) => row.parent_id));
}

/** From a task up to its root, itself first; empty when there is no such task. */
export async function readAncestry(on: Executor, workspaceId: string, id: string): Promise<string[]> {
  const rows = await on.query<{ id: string }>(
    `WITH RECURSIVE up AS (
        SELECT id, parent_id, 1 AS depth FROM tasks.task WHERE id = $1 AND workspace_id = $2
        UNION ALL SELECT p.id, p.parent_id, up.depth + 1 FROM up JOIN tasks.task p ON p.id = up.parent_id
      ) SELECT id FROM up ORDER BY depth`,
    [id, workspaceId],
  );
  return rows.map((row) => row.id);
}

/** In a transaction: the levels from the root down to each of these tasks that exists. None of them is deleted until its end. */
export async function lockDepths(
  on: Executor,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, number>> {
  await on.query('SELECT FROM tasks.task WHERE workspace_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR KEY SHARE', [
    workspaceId,
    ids,
  ]);
  const rows = await on.query<{ id: string; depth: number }>(
    `WITH RECURSIVE up AS (
        SELECT id, parent_id, 1 AS depth FROM tasks.task WHERE workspace_id = $1 AND id = ANY($2::uuid[])
        UNION ALL SELECT up.id, p.parent_id, up.depth + 1 FROM up JOIN tasks.task p ON p.id = up.parent_id
      ) SELECT id, max(depth)::int AS depth FROM up GROUP BY id`,
    [workspaceId, ids],
  );
  return new Map(rows.map(({ id, depth }) => [id, depth]));
}

/** Levels below and including a task: 1 without subtasks. */
export async function readHeight(on: Executor, id: string): Promise<number> {
  const [row] = await on.query<{ height: number }>(
    `WITH RECURSIVE down AS (
        SELECT id, 1 AS depth FROM tasks.task WHERE id = $1
        UNION ALL SELECT c.id, down.depth + 1 FROM down JOIN tasks.task c ON c.parent_id = down.id
      ) SELECT coalesce(max(depth), 1)::int AS height FROM down`,
    [id],
  );
  return row?.height ?? 1;
}

/** What of a row a change may touch. */
export function stateOf(row: TaskRow): TaskState {
  return {
    list_id: row.list_id,
    parent_id: row.parent_id,
    title: row.title,
    description: row.description,
    status: row.status,
    priority: row.priority,
    tags: row.tags,
    assignee_id: row.assignee_id,
    position: row.position,
    due_at: row.due_at,
    due_on: row.due_on,
    starts_on: row.starts_on,
    timezone: row.timezone,
    estimated_duration: row.estimated_duration,
    template_id: row.template_id,
    series_id: row.series_id,
    original_start: row.original_start,
  };
}

export interface OpenTask {
  id: string;
  created_at: string;
}

/** The open tasks of a user, in the order of `task_by_assignee`: those behind `after`. */
export function findOpenOf(
  on: Executor,
  { workspaceId, userId }: { workspaceId: string; userId: string },
  after: OpenTask | undefined,
  limit: number,
): Promise<OpenTask[]> {
  return on.query<OpenTask>(
    `SELECT id, created_at FROM tasks.task
     WHERE workspace_id = $1 AND assignee_id = $2 AND status IN (${literals(OPEN_STATUSES)})
       AND ($3::timestamptz IS NULL OR (created_at, id) > ($3, $4::uuid))
     ORDER BY created_at, id LIMIT $5`,
    [workspaceId, userId, after?.created_at ?? null, after?.id ?? null, limit],
  );
}
