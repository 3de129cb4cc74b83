// The store of sessions and their refresh tokens.
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { Role, TimeAudience } from '../../contract/index.js';

export const REFRESH_LIFETIME_SECONDS = 30 * 24 * 60 * 60;
/** The limit of one user; the least recently seen session ends first. */
export const MAX_SESSIONS = 100;

const LIFETIME = `make_interval(secs => ${REFRESH_LIFETIME_SECONDS})`;
const LIVES = 's.revoked_at IS NULL AND s.expires_at > now()';

export interface StoredSession {
  id: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  user_agent: string | null;
  ip: string;
}

export interface Access {
  workspace_id: string | null;
  role: Role | null;
  /** The zone of the user. */
  timezone: string;
  time_entries_visible_to: TimeAudience | null;
}

/** The place where a session is used. */
export interface Device {
  userAgent: string | undefined;
  address: string;
}

const ACCESS: Statement = {
  name: 'auth.find_access',
  text: `SELECT m.workspace_id, m.role, m.time_entries_visible_to, u.timezone FROM auth.session s JOIN auth."user" u ON u.id = s.user_id
    LEFT JOIN LATERAL (
      SELECT member.workspace_id, member.role, w.time_entries_visible_to
      FROM auth.workspace_member member JOIN auth.workspace w ON w.id = member.workspace_id
      WHERE member.user_id = s.user_id AND ($3::uuid IS NULL OR member.workspace_id = $3)
      ORDER BY member.joined_at, member.workspace_id LIMIT 1
    ) m ON true
    WHERE s.id = $2 AND s.user_id = $1 AND u.disabled_at IS NULL AND ${LIVES}`,
};

/** @returns undefined where the session has ended; nulls where the user is in no such workspace. */
export async function findAccess(
  on: Executor,
  userId: string,
  sessionId: string,
  workspaceId: string | undefined,
): Promise<Access | undefined> {
  const [row] = await on.query<Access>(ACCESS, [userId, sessionId, workspaceId ?? null]);
  return row;
}

/** @returns the new session's id, and whether the user has had sessions, but none with this user agent. */
export async function insertSession(
  on: Executor,
  userId: string,
  refreshHash: Buffer,
  { userAgent, address }: Device,
): Promise<{ id: string; newDevice: boolean }> {
  const id = uuidv7();
  const [row] = await on.query<{ new_device: boolean }>(
    `WITH made AS (
       INSERT INTO auth.session (id, user_id, expires_at, user_agent, ip) VALUES ($1, $2, now() + ${LIFETIME}, $3, $4)
       RETURNING id, expires_at
     ), token AS (
       INSERT INTO auth.refresh_token (hash, session_id, expires_at) SELECT $5, id, expires_at FROM made
     )
     SELECT coalesce(bool_and(s.user_agent IS DISTINCT FROM $3::text), false) AS new_device
     FROM auth.session s WHERE s.user_id = $2`,
    [id, userId, userAgent ?? null, address, refreshHash],
  );
  return { id, newDevice: row?.new_device ?? false };
}

/** The session continues, or ends because the token was used before; neither for an unknown token. */
export interface RefreshOutcome {
  renewed: { session_id: string; user_id: string } | undefined;
  reused: { session_id: string; user_id: string } | undefined;
}

/**
 * Replaces one token by the next, in one statement. One of two concurrent uses gets the lock of the row and succeeds; the other's
 * snapshot still shows an unused token, so it is only refused. A use after the commit sends a replaced token, which may be stolen,
 * and ends the session.
 */
const REFRESH: Statement = {
  name: 'auth.refresh',
  text: `WITH used AS (
      UPDATE auth.refresh_token t SET used_at = now()
      FROM auth.session s
      WHERE t.hash = $1 AND t.used_at IS NULL AND t.expires_at > now() AND s.id = t.session_id AND ${LIVES}
      RETURNING t.session_id
    ), made AS (
      INSERT INTO auth.refresh_token (hash, session_id, expires_at) SELECT $2, session_id, now() + ${LIFETIME} FROM used
    ), renewed AS (
      UPDATE auth.session s SET last_seen_at = now(), expires_at = now() + ${LIFETIME}, user_agent = $3, ip = $4
      FROM used WHERE s.id = used.session_id
      RETURNING s.id, s.user_id
    ), reused AS (
      UPDATE auth.session s SET revoked_at = now()
      FROM auth.refresh_token t
      WHERE t.hash = $1 AND t.used_at IS NOT NULL AND s.id = t.session_id AND ${LIVES}
      RETURNING s.id, s.user_id
    )
    SELECT 'renewed' AS outcome, id AS session_id, user_id FROM renewed
    UNION ALL SELECT 'reused', id, user_id FROM reused`,
};

export async function consumeRefreshToken(
  on: Executor,
  sent: Buffer,
  next: Buffer,
  { userAgent, address }: Device,
): Promise<RefreshOutcome> {
  const rows = await on.query<{ outcome: keyof RefreshOutcome; session_id: string; user_id: string }>(REFRESH, [
    sent,
    next,
    userAgent ?? null,
    address,
  ]);
  const of = (wanted: keyof RefreshOutcome) => rows.find(({ outcome }) => outcome === wanted);
  return { renewed: of('renewed'), reused: of('reused') };
}

/** Whether it lives and began within these seconds. */
export async function isSessionFresh(on: Executor, userId: string, id: string, seconds: number): Promise<boolean> {
  const rows = await on.query(
    `SELECT s.id FROM auth.session s
     WHERE s.id = $2 AND s.user_id = $1 AND ${LIVES} AND s.created_at > now() - make_interval(secs => $3)`,
    [userId, id, seconds],
  );
  return rows.length > 0;
}

/** The one seen last first. */
export async function findSessions(on: Executor, userId: string): Promise<StoredSession[]> {
  return on.query<StoredSession>(
    `SELECT s.id, s.created_at, s.last_seen_at, s.expires_at, s.user_agent, s.ip FROM auth.session s
     WHERE s.user_id = $1 AND ${LIVES} ORDER BY s.last_seen_at DESC, s.id DESC LIMIT ${MAX_SESSIONS}`,
    [userId],
  );
}

/** @returns whether there was such a living session. */
export async function revokeSession(on: Executor, userId: string, id: string): Promise<boolean> {
  const rows = await on.query(
    `UPDATE auth.session s SET revoked_at = now() WHERE s.id = $2 AND s.user_id = $1 AND ${LIVES} RETURNING s.id`,
    [userId, id],
  );
  return rows.length > 0;
}

/** @param except a session that goes on. */
export async function revokeSessions(on: Executor, userId: string, except?: string): Promise<void> {
  await on.query(
    `UPDATE auth.session s SET revoked_at = now()
     WHERE s.user_id = $1 AND s.id IS DISTINCT FROM $2::uuid AND s.revoked_at IS NULL`,
    [userId, except ?? null],
  );
}

/** Ends those that are too many, seen longest ago first. */
export async function revokeSurplus(on: Executor, userId: string): Promise<void> {
  await on.query(
    `UPDATE auth.session SET revoked_at = now() WHERE id IN (
       SELECT s.id FROM auth.session s WHERE s.user_id = $1 AND ${LIVES}
       ORDER BY s.last_seen_at DESC, s.id DESC OFFSET ${MAX_SESSIONS})`,
    [userId],
  );
}
