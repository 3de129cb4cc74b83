// The rows that are included in a page of tasks, by one statement of each kind.
import type { Executor, Statement } from '@mono/platform';
import type { IncludedList, IncludedSubtask } from '../../contract/include.js';
import { HIDDEN_STATUSES } from '../../contract/task-constants.js';
import { MAX_INCLUDED } from '../../contract/include.js';
import type { Reach } from '../domain/reach.js';
import { literals } from '../persistence/literals.js';
import type { RelationRow } from '../persistence/relation-records.js';

const LISTS: Statement = {
  name: 'tasks.included_lists',
  text: 'SELECT id, title FROM tasks.list WHERE workspace_id = $1 AND id = ANY($2::uuid[])',
};

const REACHED = '($3::uuid[] IS NULL OR t.list_id = ANY($3::uuid[]))';

const SUBTASKS: Statement = {
  name: 'tasks.included_subtasks',
  text: `SELECT n.id AS of, s.* FROM unnest($2::uuid[]) AS n(id) CROSS JOIN LATERAL (
      SELECT t.id, t.list_id, t.title, t.status, t.priority, t.assignee_id, t.due_at, t.due_on::text AS due_on, t.version
      FROM tasks.task t
      WHERE t.workspace_id = $1 AND t.parent_id = n.id AND t.status NOT IN (${literals(HIDDEN_STATUSES)}) AND ${REACHED}
      ORDER BY t.position, t.id LIMIT ${MAX_INCLUDED}
    ) s`,
};

const RELATIONS: Statement = {
  name: 'tasks.included_relations',
  text: `SELECT n.id AS of, s.* FROM unnest($2::uuid[]) AS n(id) CROSS JOIN LATERAL (
      SELECT r.id, r.kind, r.created_at, r.task_id, t.title, t.status, t.list_id FROM (
        SELECT id, kind, created_at, other_id AS task_id FROM tasks.relation WHERE workspace_id = $1 AND task_id = n.id
        UNION ALL
        SELECT id, CASE kind WHEN 'blocks' THEN 'blocked_by' WHEN 'duplicates' THEN 'duplicated_by' ELSE kind END, created_at, task_id
        FROM tasks.relation WHERE workspace_id = $1 AND other_id = n.id
      ) r JOIN tasks.task t ON t.id = r.task_id WHERE ${REACHED}
      ORDER BY r.id LIMIT ${MAX_INCLUDED}
    ) s`,
};

export async function findListsOf(
  on: Executor,
  reach: Reach,
  ids: readonly string[],
): Promise<Map<string, IncludedList>> {
  const rows = await on.query<IncludedList>(LISTS, [reach.workspaceId, ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** By task, in the manual order. */
export async function findSubtasksOf(
  on: Executor,
  reach: Reach,
  ids: readonly string[],
): Promise<Map<string, IncludedSubtask[]>> {
  const rows = await on.query<IncludedSubtask & Of>(SUBTASKS, valuesOf(reach, ids));
  return byTask(rows);
}

/** By task, the oldest first. */
export async function findRelationsOf(
  on: Executor,
  reach: Reach,
  ids: readonly string[],
): Promise<Map<string, RelationRow[]>> {
  const rows = await on.query<RelationRow & Of>(RELATIONS, valuesOf(reach, ids));
  return byTask(rows);
}

interface Of {
  /** The task that it belongs to. */
  of: string;
}

function valuesOf({ workspaceId, listIds }: Reach, ids: readonly string[]): unknown[] {
  return [workspaceId, ids, listIds ?? null];
}

function byTask<Row extends Of>(rows: readonly Row[]): Map<string, Omit<Row, 'of'>[]> {
  const all = new Map<string, Omit<Row, 'of'>[]>();
  for (const { of, ...row } of rows) all.set(of, [...(all.get(of) ?? []), row]);
  return all;
}
