// The relations of a task, a page at a time, each with the task at its other end.
import { buildPage, readPageRequest, type CallContext, type InputOf } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { Relation, RelationPage } from '../../contract/relation.js';
import type { relationsOperations } from '../../contract/relations.operations.js';
import { RELATION_KINDS } from '../../contract/task-constants.js';
import { tasksErrors } from '../../contract/tasks.errors.js';
import { sidesOf } from '../domain/relation.js';
import type { RelationRow } from '../persistence/relation-records.js';
import { readTask } from '../persistence/task-reads.js';

/** Both directions of a task's relations. $4 and $5: the stored kinds to see from either end. */
const RELATIONS = `(
    SELECT id, kind, created_at, other_id AS task_id FROM tasks.relation
    WHERE workspace_id = $1 AND task_id = $2 AND kind = ANY($4::text[])
    UNION ALL
    SELECT id, CASE kind WHEN 'blocks' THEN 'blocked_by' WHEN 'duplicates' THEN 'duplicated_by' ELSE kind END, created_at, task_id
    FROM tasks.relation WHERE workspace_id = $1 AND other_id = $2 AND kind = ANY($5::text[])
  ) r JOIN tasks.task t ON t.id = r.task_id
  WHERE ($3::uuid[] IS NULL OR t.list_id = ANY($3::uuid[]))`;

/** @throws NotFoundError `task_not_found`. */
export async function findRelations(
  on: Executor,
  { principal }: CallContext,
  { id, ...query }: InputOf<typeof relationsOperations.findRelations>,
): Promise<RelationPage> {
  if (!(await readTask(on, principal, id))) throw tasksErrors.task_not_found({ id });
  const request = readPageRequest(query, ['uuid'], { task_id: id });
  const sides = (query.kind === undefined ? RELATION_KINDS : [query.kind]).map(sidesOf);
  const values = [
    principal.workspaceId,
    id,
    principal.listIds ?? null,
    sides.flatMap(({ kind, forwards }) => (forwards ? kind : [])),
    sides.flatMap(({ kind, backwards }) => (backwards ? kind : [])),
  ];
  const [sign, direction] = request.descending ? ['<', 'DESC'] : ['>', 'ASC'];
  const rows = await on.query<RelationRow>(
    `SELECT r.id, r.kind, r.created_at, r.task_id, t.title, t.status, t.list_id FROM ${RELATIONS}
       AND ($6::uuid IS NULL OR r.id ${sign} $6::uuid) ORDER BY r.id ${direction} LIMIT ${request.fetch} OFFSET ${request.offset}`,
    [...values, request.after?.[0] ?? null],
  );
  const [counted] = request.countsExactly
    ? await on.query<{ total: number }>(`SELECT count(*)::int AS total FROM ${RELATIONS}`, values)
    : [];
  return buildPage(request, { rows, item: toRelation, key: (row) => [row.id], total: counted?.total });
}

export function toRelation({ id, kind, created_at, task_id, title, status, list_id }: RelationRow): Relation {
  return { id, kind, task: { id: task_id, title, status, list_id }, created_at };
}
