// The statements over lists. A change of a list writes its event with it, like that of a task.
import { zoneOf, type CallContext, type Changes, type Principal } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { tasksEvents, type ListEvent } from '../../contract/tasks.events.js';
import type { TitlePolicy } from '../../contract/task-constants.js';
import { POSITION_OF_INBOX, positionOfNew } from '../domain/position.js';
import { reaches, type Reach } from '../domain/reach.js';
import { eventPayload } from './event-payload.js';
import {
  KEPT_COLUMNS,
  listChanges,
  listSelection,
  NEW_LIST_SELECTION,
  stateOfList,
  WRITTEN_COLUMNS,
  type ListRow,
  type ListState,
} from './list-row.js';
import { IS_FROM_TEMPLATE } from './task-records.js';
import { endOfToday } from './upcoming.js';
import { readWorkflow } from './workflow-records.js';

export const INBOX_TITLE = 'Inbox';

const WRITTEN = WRITTEN_COLUMNS.join(', ');
const read = listSelection('$4', '$3');
const afterwards = listSelection('$10', '$9');

const READ: Statement = {
  name: 'tasks.read_list',
  text: `SELECT ${read.columns} FROM tasks.list l ${read.counts} WHERE l.id = $1 AND l.workspace_id = $2`,
};

const EVENT = `event AS (
    INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
    SELECT $3, $4, l.id, l.version, l.updated_at, $5 FROM list l
  )`;

/** The parameter holds the columns that a change writes, as JSON. */
function written(parameter: string): string {
  return `json_populate_record(NULL::tasks.list, ${parameter}::json) n`;
}

const INSERT: Statement = {
  name: 'tasks.insert_list',
  text: `WITH instant AS MATERIALIZED (SELECT clock_timestamp()::timestamptz(3) AS at),
    list AS (
      INSERT INTO tasks.list (id, workspace_id, is_inbox, created_at, updated_at, ${WRITTEN})
      SELECT $1, $2, $7, at, at, ${WRITTEN_COLUMNS.map((column) => `n.${column}`).join(', ')}
      FROM instant CROSS JOIN ${written('$6')}
      ON CONFLICT DO NOTHING
      RETURNING *
    ), ${EVENT}
    SELECT ${NEW_LIST_SELECTION} FROM list l`,
};

/** The time of a change: never before that of the change before. */
const CHANGED_AT = 'greatest(clock_timestamp()::timestamptz(3), l.updated_at)';

const UPDATE: Statement = {
  name: 'tasks.update_list',
  text: `WITH list AS (
      UPDATE tasks.list l SET ${WRITTEN_COLUMNS.map((column) => `${column} = n.${column}`).join(', ')},
        archived_at = CASE WHEN $8::boolean THEN coalesce(l.archived_at, ${CHANGED_AT}) END,
        version = l.version + 1, updated_at = ${CHANGED_AT}
      FROM ${written('$7')}
      WHERE l.id = $1 AND l.workspace_id = $2 AND l.version = $6
      RETURNING l.*
    ), ${EVENT}
    SELECT ${afterwards.columns} FROM list l ${afterwards.counts}`,
};

const DELETE: Statement = {
  name: 'tasks.delete_list',
  text: `WITH list AS (
      DELETE FROM tasks.list l WHERE l.id = $1 AND l.workspace_id = $2 AND l.version = $6
      RETURNING l.id, l.title, l.version + 1 AS version, ${CHANGED_AT} AS updated_at,
        json_build_object(${KEPT_COLUMNS.map((column) => `'${column}', l.${column}`).join(', ')}) AS content
    ),
    trash AS (
      INSERT INTO tasks.trash (id, workspace_id, kind, root_id, list_id, title, version, deleted_at, actor_kind, actor_id, content)
      SELECT l.id, $2, 'list', l.id, l.id, l.title, l.version, l.updated_at, $8, $9, l.content
      FROM list l WHERE NOT $7::boolean
    ),
    favorite AS (
      DELETE FROM tasks.list_favorite f USING list l WHERE $7::boolean AND f.workspace_id = $2 AND f.list_id = l.id
    ),
    ${EVENT}
    SELECT id FROM list`,
};

/** @param principal where it is a user, the row says whether the list is a favorite of that user. */
export async function readList(
  on: Executor,
  principal: Reach & Partial<Pick<Principal, 'kind' | 'id' | 'timezone'>>,
  id: string,
): Promise<ListRow | undefined> {
  if (!reaches(principal, id)) return undefined;
  const [row] = await on.query<ListRow>(READ, [id, principal.workspaceId, userOf(principal), todayOf(principal)]);
  return row;
}

/** The user whose favorites a caller sees. */
export function userOf({ kind, id }: Partial<Pick<Principal, 'kind' | 'id'>>): string | null {
  return kind === 'user' && id !== undefined ? id : null;
}

/** The end of the caller's day. */
export function todayOf(principal: { timezone?: string | undefined }): string {
  return endOfToday(zoneOf(principal));
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

/**
 * @param state default position: the end, of the Inbox the beginning.
 * @returns undefined when it was to be the Inbox and there is one.
 */
export async function insertList(
  on: Executor,
  context: CallContext,
  state: Omit<ListState, 'position'> & { position?: string | undefined },
  isInbox = false,
): Promise<ListRow | undefined> {
  const id = uuidv7();
  const position = state.position ?? (isInbox ? POSITION_OF_INBOX : positionOfNew(id));
  const placed = { ...state, position };
  const event = eventColumns(context, id, 'list_created', listChanges(undefined, placed));
  const values = [id, context.principal.workspaceId, ...event, columnsOf(placed), isInbox];
  const [row] = await on.query<Omit<ListRow, 'favorite'>>(INSERT, values);
  return row && { ...row, favorite: userOf(context.principal) === null ? null : false };
}

/** @returns undefined when the list is not at the version read any more. */
export async function updateList(
  on: Executor,
  context: CallContext,
  row: ListRow,
  state: ListState,
): Promise<ListRow | undefined> {
  const { principal } = context;
  const event = eventColumns(context, row.id, 'list_updated', listChanges(stateOfList(row), state));
  const written = [row.version, columnsOf(state), state.archived, userOf(principal), todayOf(principal)];
  const [changed] = await on.query<ListRow>(UPDATE, [row.id, principal.workspaceId, ...event, ...written]);
  return changed;
}

/** @param permanent whether it bypasses the trash. */
export async function deleteListRow(
  on: Executor,
  context: CallContext,
  row: ListRow,
  permanent: boolean,
): Promise<boolean> {
  const { workspaceId, kind, id } = context.principal;
  const { workflow } = (await readWorkflow(on, workspaceId, row.id)) ?? { workflow: null };
  const changes = {
    ...listChanges(stateOfList(row), undefined),
    ...(workflow && { workflow: { from: workflow, to: null } }),
  };
  const event = eventColumns(context, row.id, 'list_deleted', changes, permanent);
  const deleted = await on.query(DELETE, [row.id, workspaceId, ...event, row.version, permanent, kind, id]);
  return deleted.length > 0;
}

/** Whether the tasks of a list must have titles of their own; tasks of templates are exempt. @throws pg's unique violation. */
export async function applyTitlePolicy(on: Executor, listId: string, policy: TitlePolicy): Promise<void> {
  await on.query(
    `UPDATE tasks.task t SET title_unique = $2 WHERE t.list_id = $1 AND t.title_unique <> $2 AND NOT ${IS_FROM_TEMPLATE}`,
    [listId, policy === 'unique'],
  );
}

export async function findInboxId(on: Executor, workspaceId: string): Promise<string | undefined> {
  const [row] = await on.query<{ id: string }>(`SELECT id FROM tasks.list WHERE workspace_id = $1 AND is_inbox`, [
    workspaceId,
  ]);
  return row?.id;
}

function columnsOf({ position, archived: _archived, ...columns }: ListState): string {
  return JSON.stringify({ ...columns, moved_to: position });
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
