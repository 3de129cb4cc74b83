// The store of invites.
import type { PageRequest } from '@mono/contract';
import { outbox, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { authEvents, type Invitation, type Invite, type InviteEvent, type Role } from '../../contract/index.js';
import { originOfEvent, type Doer } from './auth-events.js';
import { emailKey } from './users.js';

export interface StoredInvite extends Invite {
  workspace_id: string;
}

export interface NewInvite {
  workspaceId: string;
  email: string;
  role: Role;
  /** The user; null for an API key or the operator. */
  invitedBy: string | null;
}

export const INVITE_LIFETIME_SECONDS = 7 * 24 * 60 * 60;
const LIFETIME = `make_interval(secs => ${INVITE_LIFETIME_SECONDS})`;
const COLUMNS = 'i.id, i.workspace_id, i.email, i.role, i.expires_at, i.version, i.created_at, i.updated_at';
const CHANGED = 'version = i.version + 1, updated_at = greatest(clock_timestamp()::timestamptz(3), i.updated_at)';
const OPEN = 'i.ended_at IS NULL AND i.expires_at > now()';

/** One address has one invite to a workspace. @returns undefined where it has one already, be it too old. */
export async function insertInvite(
  on: Executor,
  { workspaceId, email, role, invitedBy }: NewInvite,
): Promise<StoredInvite | undefined> {
  const [row] = await on.query<StoredInvite>(
    `INSERT INTO auth.invite AS i (id, workspace_id, email, email_key, role, invited_by, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, now() + ${LIFETIME})
     ON CONFLICT (workspace_id, email_key) WHERE ended_at IS NULL DO NOTHING RETURNING ${COLUMNS}`,
    [uuidv7(), workspaceId, email, emailKey(email), role, invitedBy],
  );
  return row;
}

/** The one of this address, be it too old. Until the transaction's end, nobody else changes it. */
export async function lockInviteTo(
  on: Executor,
  { workspaceId, email }: Pick<NewInvite, 'workspaceId' | 'email'>,
): Promise<StoredInvite | undefined> {
  const [row] = await on.query<StoredInvite>(
    `SELECT ${COLUMNS} FROM auth.invite i
     WHERE i.workspace_id = $1 AND i.email_key = $2 AND i.ended_at IS NULL FOR UPDATE`,
    [workspaceId, emailKey(email)],
  );
  return row;
}

/** Requires a locked row. @returns the changed row. */
export async function renewInvite(
  on: Executor,
  { id }: StoredInvite,
  { email, role, invitedBy }: NewInvite,
): Promise<StoredInvite> {
  const [row] = await on.query<StoredInvite>(
    `UPDATE auth.invite i SET email = $2, role = $3, invited_by = $4, expires_at = now() + ${LIFETIME}, ${CHANGED}
     WHERE i.id = $1 RETURNING ${COLUMNS}`,
    [id, email, role, invitedBy],
  );
  if (!row) throw new Error('A locked invite has changed.');
  return row;
}

/** One that can be accepted. */
export async function readInvite(on: Executor, id: string): Promise<StoredInvite | undefined> {
  const [row] = await on.query<StoredInvite>(`SELECT ${COLUMNS} FROM auth.invite i WHERE i.id = $1 AND ${OPEN}`, [id]);
  return row;
}

/** Until the transaction's end, nobody else changes it. */
export async function lockInvite(on: Executor, id: string): Promise<StoredInvite | undefined> {
  const [row] = await on.query<StoredInvite>(
    `SELECT ${COLUMNS} FROM auth.invite i WHERE i.id = $1 AND ${OPEN} FOR UPDATE`,
    [id],
  );
  return row;
}

/** Open ones that a user has made, but for those that somebody accepts, renews or revokes at this moment. */
export function lockInvitesBy(on: Executor, workspaceId: string, userId: string): Promise<StoredInvite[]> {
  return on.query<StoredInvite>(
    `SELECT ${COLUMNS} FROM auth.invite i WHERE i.workspace_id = $1 AND i.invited_by = $2 AND ${OPEN}
     ORDER BY i.id FOR UPDATE SKIP LOCKED`,
    [workspaceId, userId],
  );
}

/** Requires a locked row. @returns the changed row. */
export async function endInvite(on: Executor, invite: StoredInvite): Promise<StoredInvite> {
  await on.query(`UPDATE auth.invite i SET ended_at = now(), ${CHANGED} WHERE i.id = $1`, [invite.id]);
  return { ...invite, version: invite.version + 1 };
}

export function findInviteRows(
  on: Executor,
  workspaceId: string,
  { after, descending, fetch, offset }: PageRequest,
): Promise<StoredInvite[]> {
  const past = after ? ` AND i.id ${descending ? '<' : '>'} $2::uuid` : '';
  return on.query<StoredInvite>(
    `SELECT ${COLUMNS} FROM auth.invite i WHERE i.workspace_id = $1 AND ${OPEN}${past}
     ORDER BY i.id ${descending ? 'DESC' : 'ASC'} LIMIT ${fetch} OFFSET ${offset}`,
    after ? [workspaceId, after[0]] : [workspaceId],
  );
}

export async function countInvites(on: Executor, workspaceId: string): Promise<number> {
  const [row] = await on.query<{ total: number }>(
    `SELECT count(*)::int AS total FROM auth.invite i WHERE i.workspace_id = $1 AND ${OPEN}`,
    [workspaceId],
  );
  return row?.total ?? 0;
}

/** An open invite of any workspace. */
export interface ListedInvite extends StoredInvite {
  /** Its name. */
  workspace: string;
}

/** All of the installation, oldest first. */
export function findOpenInvites(on: Executor): Promise<ListedInvite[]> {
  return on.query<ListedInvite>(
    `SELECT ${COLUMNS}, w.name AS workspace FROM auth.invite i JOIN auth.workspace w ON w.id = i.workspace_id
     WHERE ${OPEN} ORDER BY i.id`,
  );
}

/** The content of its mail. */
export async function describeInvite(on: Executor, id: string): Promise<Invitation | undefined> {
  const [row] = await on.query<Invitation>(
    `SELECT w.name AS workspace, u.name AS invited_by, i.role
     FROM auth.invite i JOIN auth.workspace w ON w.id = i.workspace_id
     LEFT JOIN auth."user" u ON u.id = i.invited_by WHERE i.id = $1`,
    [id],
  );
  return row;
}

export async function addInviteEvent(
  on: Executor,
  doer: Doer,
  { id, workspace_id, version }: StoredInvite,
  { event, ...facts }: Pick<InviteEvent, 'event' | 'token_id'> & Partial<Pick<InviteEvent, 'changes'>>,
): Promise<void> {
  const about = { aggregate: 'invite', aggregate_id: id, workspace_id, version } as const;
  await outbox.add(on, authEvents[event], { changes: {}, ...facts, ...about, ...originOfEvent(doer) });
}
