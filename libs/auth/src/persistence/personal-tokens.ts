// The store of personal access tokens. They are their user's, like sessions: a workspace only limits them.
import type { PageRequest } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { ApiKeyCredential, PersonalTokenState, Role, TimeAudience } from '../../contract/index.js';

export interface PersonalTokenFields {
  name: string;
  scopes: readonly string[];
  workspace_id: string | null;
  list_ids: readonly string[] | null;
  expires_at: string;
}

export interface PersonalTokenRow {
  id: string;
  user_id: string;
  name: string;
  short_id: string;
  scopes: string[];
  workspace_id: string | null;
  list_ids: string[] | null;
  expires_at: string;
  last_used_at: string | null;
  version: number;
  created_at: string;
}

/** With its place: nulls for a user without that workspace, or without any. */
export interface StoredPersonalToken extends PersonalTokenRow {
  environment: string;
  secret_hash: Buffer;
  place_id: string | null;
  role: Role | null;
  /** The zone of the user's days. */
  timezone: string;
  time_entries_visible_to: TimeAudience | null;
}

const COLUMNS = `t.id, t.user_id, t.name, t.short_id, t.scopes, t.workspace_id, t.list_ids, t.expires_at, t.last_used_at,
  t.version, t.created_at`;

const FIND: Statement = {
  name: 'auth.find_personal_token',
  text: `SELECT ${COLUMNS}, t.environment, t.secret_hash, m.workspace_id AS place_id, m.role, m.time_entries_visible_to, u.timezone
    FROM auth.personal_token t JOIN auth."user" u ON u.id = t.user_id
    LEFT JOIN LATERAL (
      SELECT member.workspace_id, member.role, w.time_entries_visible_to
      FROM auth.workspace_member member JOIN auth.workspace w ON w.id = member.workspace_id
      WHERE member.user_id = t.user_id AND ($2::uuid IS NULL OR member.workspace_id = $2)
        AND (t.workspace_id IS NULL OR member.workspace_id = t.workspace_id)
      ORDER BY member.joined_at, member.workspace_id LIMIT 1
    ) m ON true
    WHERE t.short_id = $1 AND t.revoked_at IS NULL AND t.expires_at > now() AND u.disabled_at IS NULL`,
};

/** @param workspaceId undefined: the workspace of the token, or the first one of its user. */
export async function findPersonalToken(
  on: Executor,
  shortId: string,
  workspaceId: string | undefined,
): Promise<StoredPersonalToken | undefined> {
  const [row] = await on.query<StoredPersonalToken>(FIND, [shortId, workspaceId ?? null]);
  return row;
}

/** Only if it is the user's and not revoked. */
export async function readPersonalToken(
  on: Executor,
  userId: string,
  id: string,
): Promise<PersonalTokenRow | undefined> {
  const [row] = await on.query<PersonalTokenRow>(
    `SELECT ${COLUMNS} FROM auth.personal_token t WHERE t.id = $1 AND t.user_id = $2 AND t.revoked_at IS NULL`,
    [id, userId],
  );
  return row;
}

const STATES: Readonly<Record<PersonalTokenState, string>> = {
  active: 't.expires_at > now()',
  expired: 't.expires_at <= now()',
};

export function findPersonalTokenRows(
  on: Executor,
  userId: string,
  state: PersonalTokenState | undefined,
  { after, descending, fetch, offset }: PageRequest,
): Promise<PersonalTokenRow[]> {
  const past = after ? ` AND t.id ${descending ? '<' : '>'} $2::uuid` : '';
  return on.query<PersonalTokenRow>(
    `SELECT ${COLUMNS} FROM auth.personal_token t
     WHERE t.user_id = $1 AND t.revoked_at IS NULL AND ${state ? STATES[state] : 'true'}${past}
     ORDER BY t.id ${descending ? 'DESC' : 'ASC'} LIMIT ${fetch} OFFSET ${offset}`,
    after ? [userId, after[0]] : [userId],
  );
}

export async function countPersonalTokens(
  on: Executor,
  userId: string,
  state: PersonalTokenState | undefined,
): Promise<number> {
  const [row] = await on.query<{ total: number }>(
    `SELECT count(*)::int AS total FROM auth.personal_token t
     WHERE t.user_id = $1 AND t.revoked_at IS NULL AND ${state ? STATES[state] : 'true'}`,
    [userId],
  );
  return row?.total ?? 0;
}

/** Until the end of the transaction, nobody changes the user, or creates another token. */
export async function holdUser(on: Executor, userId: string): Promise<void> {
  await on.query('SELECT FROM auth."user" WHERE id = $1 FOR NO KEY UPDATE', [userId]);
}

export async function insertPersonalToken(
  on: Executor,
  userId: string,
  { name, scopes, workspace_id, list_ids, expires_at }: PersonalTokenFields,
  { shortId, environment, secretHash }: ApiKeyCredential,
): Promise<PersonalTokenRow> {
  const [row] = await on.query<PersonalTokenRow>(
    `INSERT INTO auth.personal_token AS t
       (id, user_id, name, scopes, workspace_id, list_ids, expires_at, short_id, environment, secret_hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING ${COLUMNS}`,
    [uuidv7(), userId, name, scopes, workspace_id, list_ids, expires_at, shortId, environment, secretHash],
  );
  if (!row) throw new Error('Invariant violated: a token was not inserted.');
  return row;
}

/** @param version that it must still have. @returns whether there was such a token, not revoked. */
export async function revokePersonalToken(
  on: Executor,
  userId: string,
  id: string,
  version: number | undefined,
): Promise<boolean> {
  const rows = await on.query(
    `UPDATE auth.personal_token t SET revoked_at = now(), version = t.version + 1
     WHERE t.id = $1 AND t.user_id = $2 AND t.revoked_at IS NULL AND ($3::int IS NULL OR t.version = $3) RETURNING t.id`,
    [id, userId, version ?? null],
  );
  return rows.length > 0;
}

/** @param workspaceId only those that are limited to it. */
export async function revokePersonalTokens(on: Executor, userId: string, workspaceId?: string): Promise<void> {
  await on.query(
    `UPDATE auth.personal_token t SET revoked_at = now(), version = t.version + 1
     WHERE t.user_id = $1 AND ($2::uuid IS NULL OR t.workspace_id = $2) AND t.revoked_at IS NULL`,
    [userId, workspaceId ?? null],
  );
}
