// The statements over relations. Creating or deleting one raises the version of both tasks and writes an event of each.
import type { CallContext } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import type { RelationKind, TaskStatus } from '../../contract/task-constants.js';
import type { RelationFact, TaskRelationsChanged } from '../../contract/tasks.events.js';
import { kindSeenFrom, type Link } from '../domain/relation.js';
import { CHANGED_AT, EVENT_COLUMNS, eventColumns, overriding } from './task-records.js';
import type { TaskRow } from './task-row.js';

export type StoredRelation = Link & { id: string };

/** A relation with the task at its other end. */
export interface RelationRow {
  id: string;
  kind: RelationKind;
  created_at: string;
  task_id: string;
  title: string;
  status: TaskStatus;
  list_id: string;
}

const INPUT = `input AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS n(id uuid, ${EVENT_COLUMNS}))`;
/** Both tasks are locked. */
const BOTH_TASKS = `task AS (
    UPDATE tasks.task t SET version = t.version + 1, updated_at = ${CHANGED_AT}, ${overriding(`'{}'::text[]`)}
    FROM input n, relation r WHERE t.id = n.id AND t.workspace_id = $2
    RETURNING t.id, t.version, t.updated_at
  ),
  event AS (
    INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
    SELECT n.event_id, n.subject, t.id, t.version, t.updated_at, n.payload FROM task t JOIN input n ON n.id = t.id
  )`;

const RELATE: Statement = {
  name: 'tasks.insert_relation',
  text: `WITH ${INPUT},
    relation AS (
      INSERT INTO tasks.relation (id, workspace_id, kind, task_id, other_id, created_at, actor_kind, actor_id)
      VALUES ($3, $2, $4, $5, $6, clock_timestamp(), $7, $8) RETURNING created_at
    ),
    ${BOTH_TASKS}
    SELECT created_at FROM relation`,
};

const UNRELATE: Statement = {
  name: 'tasks.delete_relation',
  text: `WITH ${INPUT},
    relation AS (DELETE FROM tasks.relation WHERE id = $3 AND workspace_id = $2 RETURNING id),
    ${BOTH_TASKS}
    SELECT id FROM relation`,
};

/** In a transaction that has locked both tasks. @returns when it was created. */
export async function insertRelation(
  on: Executor,
  context: CallContext,
  relation: StoredRelation,
  tasks: readonly TaskRow[],
): Promise<string> {
  const { workspaceId, kind, id } = context.principal;
  const [row] = await on.query<{ created_at: string }>(RELATE, [
    JSON.stringify(tasks.map((task) => inputOf(context, 'related', relation, task))),
    workspaceId,
    relation.id,
    relation.kind,
    relation.task_id,
    relation.other_id,
    kind,
    id,
  ]);
  if (!row) throw new Error('Invariant violated: an insertion gave no row.');
  return row.created_at;
}

/** In a transaction that has locked both tasks. @returns whether it was there. */
export async function deleteRelation(
  on: Executor,
  context: CallContext,
  relation: StoredRelation,
  tasks: readonly TaskRow[],
): Promise<boolean> {
  const input = tasks.map((task) => inputOf(context, 'unrelated', relation, task));
  const rows = await on.query(UNRELATE, [JSON.stringify(input), context.principal.workspaceId, relation.id]);
  return rows.length > 0;
}

function inputOf(context: CallContext, event: 'related' | 'unrelated', relation: StoredRelation, task: TaskRow) {
  const { id } = task;
  const fact: RelationFact = {
    id: relation.id,
    kind: kindSeenFrom(id, relation),
    task_id: id === relation.task_id ? relation.other_id : relation.task_id,
  };
  const relations = event === 'related' ? { from: null, to: fact } : { from: fact, to: null };
  const changes: TaskRelationsChanged['changes'] = { relations };
  return { id, ...eventColumns(context, id, event, changes, task) };
}

/** In a transaction: two relations at once could each be sound and together a cycle, so one at a time per workspace. */
export async function lockBlocking(on: Executor, workspaceId: string): Promise<void> {
  await on.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`tasks.blocking.${workspaceId}`]);
}

/** @returns the id of a relation of this kind between the two, in either direction. */
export async function findRelationBetween(
  on: Executor,
  workspaceId: string,
  { kind, task_id, other_id }: Link,
): Promise<string | undefined> {
  const [row] = await on.query<{ id: string }>(
    `SELECT id FROM tasks.relation WHERE workspace_id = $1 AND kind = $2
       AND least(task_id, other_id) = least($3::uuid, $4::uuid) AND greatest(task_id, other_id) = greatest($3::uuid, $4::uuid)`,
    [workspaceId, kind, task_id, other_id],
  );
  return row?.id;
}

/** Also those with tasks in the trash. */
export async function countRelations(on: Executor, workspaceId: string, id: string): Promise<number> {
  const [row] = await on.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM tasks.relation WHERE workspace_id = $1 AND task_id = $2)::int
       + (SELECT count(*) FROM tasks.relation WHERE workspace_id = $1 AND other_id = $2)::int AS count`,
    [workspaceId, id],
  );
  return row?.count ?? 0;
}

export interface Blocked {
  /** Whether the task asked for is among them. */
  includes: boolean;
  /** How many were looked at. */
  count: number;
}

/** Which tasks a task blocks, directly and through others, those in the trash included. @param most after so many it looks no further. */
export async function readBlocked(
  on: Executor,
  workspaceId: string,
  { from, sought, most }: { from: string; sought: string; most: number },
): Promise<Blocked> {
  const [row] = await on.query<Blocked>(
    `WITH RECURSIVE blocked AS (
        SELECT $2::uuid AS id
        UNION SELECT r.other_id FROM blocked b JOIN tasks.relation r ON r.workspace_id = $1 AND r.task_id = b.id AND r.kind = 'blocks'
      )
      SELECT coalesce(bool_or(b.id = $3), false) AS includes, count(*)::int AS count FROM (SELECT id FROM blocked LIMIT $4) b`,
    [workspaceId, from, sought, most],
  );
  return row ?? { includes: false, count: 0 };
}

export async function readRelation(on: Executor, workspaceId: string, id: string): Promise<StoredRelation | undefined> {
  const [row] = await on.query<StoredRelation>(
    {
      name: 'tasks.read_relation',
      text: 'SELECT id, kind, task_id, other_id FROM tasks.relation WHERE id = $1 AND workspace_id = $2',
    },
    [id, workspaceId],
  );
  return row;
}

/** @returns how many; less than `limit` means that no more are there. */
export async function eraseRelations(on: Executor, workspaceId: string, limit: number): Promise<number> {
  const rows = await on.query(
    `DELETE FROM tasks.relation WHERE workspace_id = $1 AND id IN (
       SELECT id FROM tasks.relation WHERE workspace_id = $1 LIMIT $2) RETURNING 1`,
    [workspaceId, limit],
  );
  return rows.length;
}
