// The statements over lists. A change of a list writes its event with it, like that of a task.
import type { CallContext, Changes } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { List } from '../../contract/list.js';
import { tasksEvents, type ListEvent } from '../../contract/tasks.events.js';
import type { TitlePolicy } from '../../contract/task-constants.js';
import { reaches, type Reach } from '../domain/reach.js';
import { eventPayload } from './event-payload.js';

export interface ListState {
  title: string;
  title_policy: TitlePolicy;
  description: string | null;
}

export interface ListRow extends ListState {
  id: string;
  is_inbox: boolean;
  version: number;
  created_at: string;
  updated_at: string;
  total: number;
  open: number;
}

export const INBOX_TITLE = 'Inbox';

const COLUMNS = 'l.id, l.title, l.title_policy, l.description, l.is_inbox, l.version, l.created_at, l.updated_at';

/** Counted when read, from an index on list and status: see ../../decisions/0003-counts-on-read.md. */
const COUNTS = `LEFT JOIN LATERAL (
    SELECT count(*)::int AS total, (count(*) FILTER (WHERE t.status IN ('todo', 'in_progress', 'blocked')))::int AS open
    FROM tasks.task t WHERE t.list_id = l.id
  ) c ON true`;

/** The columns to select of lists `l` with their counts. */
export const LIST_SELECTION = { columns: `${COLUMNS}, c.total, c.open`, counts: COUNTS };

const READ: Statement = {
  name: 'tasks.read_list',
  text: `SELECT ${COLUMNS}, c.total, c.open FROM tasks.list l ${COUNTS} WHERE l.id = $1 AND l.workspace_id = $2`,
};

const EVENT = `event AS (
    INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
    SELECT $3, $4, l.id, l.version, l.updated_at, $5 FROM list l
  )`;

const INSERT: Statement = {
  name: 'tasks.insert_list',
  text: `WITH instant AS MATERIALIZED (SELECT clock_timestamp()::timestamptz(3) AS at),
    list AS (
      INSERT INTO tasks.list (id, workspace_id, title, title_policy, description, is_inbox, created_at, updated_at)
      SELECT $1, $2, $6, $7, $8, $9, at, at FROM instant
      ON CONFLICT (workspace_id) WHERE is_inbox DO NOTHING
      RETURNING *
    ), ${EVENT}
    SELECT ${COLUMNS}, 0 AS total, 0 AS open FROM list l`,
};

const UPDATE: Statement = {
  name: 'tasks.update_list',
  text: `WITH list AS (
      UPDATE tasks.list l SET title = $7, title_policy = $8, description = $9, version = l.version + 1,
        updated_at = greatest(clock_timestamp()::timestamptz(3), l.updated_at)
      WHERE l.id = $1 AND l.workspace_id = $2 AND l.version = $6
      RETURNING *
    ), ${EVENT}
    SELECT ${COLUMNS}, c.total, c.open FROM list l ${COUNTS}`,
};

const DELETE: Statement = {
  name: 'tasks.delete_list',
  text: `WITH list AS (
      DELETE FROM tasks.list l WHERE l.id = $1 AND l.workspace_id = $2 AND l.version = $6
      RETURNING l.id, l.title, l.title_policy, l.description, l.created_at, l.version + 1 AS version,
        greatest(clock_timestamp()::timestamptz(3), l.updated_at) AS updated_at
    ),
    trash AS (
      INSERT INTO tasks.trash (id, workspace_id, kind, root_id, list_id, title, version, deleted_at, actor_kind, actor_id, content)
      SELECT l.id, $2, 'list', l.id, l.id, l.title, l.version, l.updated_at, $8, $9,
        json_build_object('title_policy', l.title_policy, 'description', l.description, 'created_at', l.created_at)
      FROM list l WHERE NOT $7::boolean
    ),
    ${EVENT}
    SELECT id FROM list`,
};

export async function readList(on: Executor, reach: Reach, id: string): Promise<ListRow | undefined> {
  if (!reaches(reach, id)) return undefined;
  const [row] = await on.query<ListRow>(READ, [id, reach.workspaceId]);
  return row;
}

/** Keeps tasks from being made in it or moved to it meanwhile (their statements lock it FOR KEY SHARE). */
export async function lockList(on: Executor, workspaceId: string, id: string): Promise<void> {
  await on.query(`SELECT FROM tasks.list WHERE id = $1 AND workspace_id = $2 FOR UPDATE`, [id, workspaceId]);
}

/** Keeps the manual order of a list from being changed by another meanwhile; tasks may come and go. */
export async function lockOrder(on: Executor, workspaceId: string, id: string): Promise<void> {
  await on.query(`SELECT FROM tasks.list WHERE id = $1 AND workspace_id = $2 FOR NO KEY UPDATE`, [id, workspaceId]);
}

/** As lockOrder, for several. @returns those that exist. */
export async function lockOrders(on: Executor, workspaceId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await on.query<{ id: string }>(
    `SELECT id FROM tasks.list WHERE id = ANY($1::uuid[]) AND workspace_id = $2 ORDER BY id FOR NO KEY UPDATE`,
    [ids, workspaceId],
  );
  return new Set(rows.map(({ id }) => id));
}

/** @returns undefined when it was to be the Inbox and there is one. */
export async function insertList(
  on: Executor,
  context: CallContext,
  state: ListState,
  isInbox = false,
): Promise<ListRow | undefined> {
  const id = uuidv7();
  const event = eventColumns(context, id, 'list_created', listChanges(undefined, state));
  const values = [
    id,
    context.principal.workspaceId,
    ...event,
    state.title,
    state.title_policy,
    state.description,
    isInbox,
  ];
  const [row] = await on.query<ListRow>(INSERT, values);
  return row;
}

/** @returns undefined when the list is not at the version read any more. */
export async function updateList(
  on: Executor,
  context: CallContext,
  row: ListRow,
  state: ListState,
): Promise<ListRow | undefined> {
  const event = eventColumns(context, row.id, 'list_updated', listChanges(row, state));
  const values = [
    row.id,
    context.principal.workspaceId,
    ...event,
    row.version,
    state.title,
    state.title_policy,
    state.description,
  ];
  const [updated] = await on.query<ListRow>(UPDATE, values);
  return updated;
}

/** @param permanent whether it bypasses the trash. */
export async function deleteListRow(
  on: Executor,
  context: CallContext,
  row: ListRow,
  permanent: boolean,
): Promise<boolean> {
  const { workspaceId, kind, id } = context.principal;
  const event = eventColumns(context, row.id, 'list_deleted', listChanges(row, undefined), permanent);
  const deleted = await on.query(DELETE, [row.id, workspaceId, ...event, row.version, permanent, kind, id]);
  return deleted.length > 0;
}

/** Whether the tasks of a list must have titles of their own; occurrences of templates are exempt. @throws pg's unique violation. */
export async function applyTitlePolicy(on: Executor, listId: string, policy: TitlePolicy): Promise<void> {
  await on.query(
    `UPDATE tasks.task SET title_unique = $2 WHERE list_id = $1 AND title_unique <> $2 AND template_id IS NULL`,
    [listId, policy === 'unique'],
  );
}

export async function findInboxId(on: Executor, workspaceId: string): Promise<string | undefined> {
  const [row] = await on.query<{ id: string }>(`SELECT id FROM tasks.list WHERE workspace_id = $1 AND is_inbox`, [
    workspaceId,
  ]);
  return row?.id;
}

export function listChanges(from: ListState | undefined, to: ListState | undefined): Changes {
  const changes: Changes = {};
  for (const field of ['title', 'title_policy', 'description'] as const) {
    const before = from?.[field] ?? null;
    const after = to?.[field] ?? null;
    if (before !== after) changes[field] = { from: before, to: after };
  }
  return changes;
}

export function toList(row: ListRow): List {
  return {
    id: row.id,
    title: row.title,
    title_policy: row.title_policy,
    description: row.description,
    is_inbox: row.is_inbox,
    counts: { total: row.total, open: row.open },
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function eventColumns(
  context: CallContext,
  id: string,
  event: ListEvent['event'],
  changes: Changes,
  permanent?: boolean,
): unknown[] {
  const payload = eventPayload(context, 'list', id, event, changes, { permanent });
  return [uuidv7(), tasksEvents[event].subject, JSON.stringify(payload)];
}
