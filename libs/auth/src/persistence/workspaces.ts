// The store of workspaces. A change writes its event in the same statement.
import type { EventContract } from '@mono/bus';
import type { PageRequest } from '@mono/contract';
import { outbox, type Executor, type Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { authEvents, type TimeAudience, type Workspace, type WorkspaceEvent } from '../../contract/index.js';
import { changesOf, eventColumns, originOfEvent, type Doer } from './auth-events.js';

/** The mutable fields of a workspace. */
export interface WorkspaceFields {
  name: string;
  timezone: string;
  time_entries_visible_to: TimeAudience;
}

const FIELDS = ['name', 'timezone', 'time_entries_visible_to'] as const;
const COLUMNS = 'id, name, timezone, time_entries_visible_to, is_default, version, created_at, updated_at';

const EVENT = `event AS (
    INSERT INTO auth.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
    SELECT $2, $3, w.id, w.version, w.updated_at, $4 FROM workspace w
  )`;

const INSERT: Statement = {
  name: 'auth.insert_workspace',
  text: `WITH workspace AS (INSERT INTO auth.workspace (id, name, timezone, time_entries_visible_to)
      VALUES ($1, $5, $6, $7) RETURNING *), ${EVENT}
    SELECT ${COLUMNS} FROM workspace`,
};

const UPDATE: Statement = {
  name: 'auth.update_workspace',
  text: `WITH workspace AS (
      UPDATE auth.workspace w SET name = $5, timezone = $6, time_entries_visible_to = $7, version = w.version + 1,
        updated_at = greatest(clock_timestamp()::timestamptz(3), w.updated_at)
      WHERE w.id = $1 RETURNING *
    ), ${EVENT}
    SELECT ${COLUMNS} FROM workspace`,
};

/** @returns the new workspace's id, or undefined when the default workspace exists already. */
export async function insertDefaultWorkspace(on: Executor, name: string): Promise<string | undefined> {
  const [row] = await on.query<{ id: string }>(
    `INSERT INTO auth.workspace (id, name, is_default) VALUES ($1, $2, true) ON CONFLICT (is_default) WHERE is_default DO NOTHING RETURNING id`,
    [uuidv7(), name],
  );
  return row?.id;
}

export async function findDefaultWorkspaceId(on: Executor): Promise<string | undefined> {
  const [row] = await on.query<{ id: string }>('SELECT id FROM auth.workspace WHERE is_default');
  return row?.id;
}

export async function readWorkspace(on: Executor, id: string): Promise<Workspace | undefined> {
  const [row] = await on.query<Workspace>(`SELECT ${COLUMNS} FROM auth.workspace WHERE id = $1`, [id]);
  return row;
}

/** Those that the user is in. */
export function findWorkspacesOf(
  on: Executor,
  userId: string,
  { after, descending, fetch, offset }: PageRequest,
): Promise<Workspace[]> {
  const past = after ? ` AND id ${descending ? '<' : '>'} $2::uuid` : '';
  return on.query<Workspace>(
    `SELECT ${COLUMNS} FROM auth.workspace
     WHERE id IN (SELECT workspace_id FROM auth.workspace_member WHERE user_id = $1)${past}
     ORDER BY id ${descending ? 'DESC' : 'ASC'} LIMIT ${fetch} OFFSET ${offset}`,
    after ? [userId, after[0]] : [userId],
  );
}

export async function countWorkspacesOf(on: Executor, userId: string): Promise<number> {
  const [row] = await on.query<{ total: number }>(
    'SELECT count(*)::int AS total FROM auth.workspace_member WHERE user_id = $1',
    [userId],
  );
  return row?.total ?? 0;
}

/** Until the transaction's end, nobody else changes it. */
export async function lockWorkspace(on: Executor, id: string): Promise<void> {
  await on.query('SELECT FROM auth.workspace WHERE id = $1 FOR UPDATE', [id]);
}

/** Until the end of the transaction, nobody can lock it to change its members. */
export async function holdWorkspace(on: Executor, id: string): Promise<void> {
  await on.query('SELECT FROM auth.workspace WHERE id = $1 FOR KEY SHARE', [id]);
}

/** All of the installation, oldest first. */
export function findAllWorkspaces(on: Executor): Promise<Workspace[]> {
  return on.query<Workspace>(`SELECT ${COLUMNS} FROM auth.workspace ORDER BY id`);
}

export function insertWorkspace(
  on: Executor,
  doer: Doer,
  { name, timezone }: Pick<WorkspaceFields, 'name' | 'timezone'>,
): Promise<Workspace> {
  const fields = { name, timezone, time_entries_visible_to: 'everyone' } as const;
  return write(on, INSERT, doer, uuidv7(), authEvents.workspace_created, undefined, fields);
}

/** Requires a locked row. */
export function updateWorkspace(on: Executor, doer: Doer, row: Workspace, fields: WorkspaceFields): Promise<Workspace> {
  return write(on, UPDATE, doer, row.id, authEvents.workspace_updated, row, fields);
}

/** In the transaction of the deletion. */
export async function addWorkspaceDeleted(
  on: Executor,
  doer: Doer,
  { id, version, ...from }: Workspace,
): Promise<void> {
  const changes = Object.fromEntries(FIELDS.map((field) => [field, { from: from[field], to: null }]));
  const about = { aggregate: 'workspace', aggregate_id: id, workspace_id: id, version: version + 1 } as const;
  await outbox.add(on, authEvents.workspace_deleted, { ...about, changes, ...originOfEvent(doer) });
}

async function write(
  on: Executor,
  statement: Statement,
  doer: Doer,
  id: string,
  event: EventContract<WorkspaceEvent>,
  from: WorkspaceFields | undefined,
  fields: WorkspaceFields,
): Promise<Workspace> {
  const changes = changesOf(FIELDS, from, fields);
  const columns = eventColumns(doer, event, { aggregate: 'workspace', aggregate_id: id, workspace_id: id, changes });
  const [row] = await on.query<Workspace>(statement, [id, ...columns, ...FIELDS.map((field) => fields[field])]);
  if (!row) throw new Error('Invariant violated: a locked workspace has changed.');
  return row;
}

export function differs(row: WorkspaceFields, fields: WorkspaceFields): boolean {
  return Object.keys(changesOf(FIELDS, row, fields)).length > 0;
}
