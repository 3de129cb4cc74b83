// The store of memberships. Each change writes its event.
import type { PageRequest } from '@mono/contract';
import { outbox, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { authEvents, DELETED_USER_NAME, type Member, type Role } from '../../contract/index.js';
import { originOfEvent, type Doer } from './auth-events.js';
import { revokePersonalTokens } from './personal-tokens.js';
import { holdWorkspace } from './workspaces.js';

export interface StoredMember extends Member {
  email: string;
  role: Role;
  membership_id: string;
}

/** Present or former. */
export type KnownMember = Omit<Member, 'email'> & { email: string | null };

const COLUMNS = `u.id, u.name, u.email, m.role, 'active' AS status, m.joined_at, m.version, m.updated_at`;
const FROM = 'auth.workspace_member m JOIN auth."user" u ON u.id = m.user_id WHERE m.workspace_id = $1';
const MEMBERS = `SELECT ${COLUMNS} FROM ${FROM}`;
/** A user who has returned is a member: nodes of the previous release keep no row up to date. */
const FORMER = `FROM auth.former_member f LEFT JOIN auth."user" u ON u.id = f.user_id
  WHERE f.workspace_id = $1
    AND NOT EXISTS (SELECT FROM auth.workspace_member m WHERE m.workspace_id = f.workspace_id AND m.user_id = f.user_id)`;
const FORMER_MEMBERS = `SELECT f.user_id AS id, coalesce(u.name, '${DELETED_USER_NAME}') AS name, NULL::text AS email, NULL::text AS role,
  'former' AS status, f.joined_at, f.version, f.left_at AS updated_at ${FORMER}`;
const KNOWN_MEMBERS = `${MEMBERS} UNION ALL ${FORMER_MEMBERS}`;

interface Membership {
  workspaceId: string;
  userId: string;
}

/** @returns whether the user was not in the workspace before. */
export async function insertMember(
  on: Executor,
  doer: Doer,
  { workspaceId, userId }: Membership,
  role: Role,
): Promise<boolean> {
  const id = uuidv7();
  // A removal under way ends first: its event must not be later than `joined_at`.
  await holdWorkspace(on, workspaceId);
  const rows = await on.query<{ version: number }>(
    `INSERT INTO auth.workspace_member (id, workspace_id, user_id, role) VALUES ($1, $2, $3, $4)
     ON CONFLICT (workspace_id, user_id) DO NOTHING RETURNING version`,
    [id, workspaceId, userId, role],
  );
  if (rows.length === 0) return false;
  const changes = { user_id: { from: null, to: userId }, role: { from: null, to: role } };
  const about = { aggregate: 'member', aggregate_id: id, workspace_id: workspaceId, user_id: userId } as const;
  await outbox.add(on, authEvents.member_added, { ...about, version: 1, changes, ...originOfEvent(doer) });
  return true;
}

export async function updateMemberRole(
  on: Executor,
  doer: Doer,
  workspaceId: string,
  member: StoredMember,
  role: Role,
): Promise<void> {
  await on.query(
    `UPDATE auth.workspace_member m SET role = $3, version = m.version + 1,
       updated_at = greatest(clock_timestamp()::timestamptz(3), m.updated_at)
     WHERE m.workspace_id = $1 AND m.user_id = $2`,
    [workspaceId, member.id, role],
  );
  const changes = { role: { from: member.role, to: role } };
  const about = aboutOf(workspaceId, member);
  await outbox.add(on, authEvents.member_updated, { ...about, changes, ...originOfEvent(doer) });
}

export async function deleteMember(on: Executor, doer: Doer, workspaceId: string, member: StoredMember): Promise<void> {
  await on.query(
    `WITH gone AS (DELETE FROM auth.workspace_member WHERE workspace_id = $1 AND user_id = $2
        RETURNING workspace_id, user_id, joined_at, version)
     INSERT INTO auth.former_member (workspace_id, user_id, joined_at, version)
     SELECT workspace_id, user_id, joined_at, version + 1 FROM gone
     ON CONFLICT (workspace_id, user_id) DO UPDATE
     SET joined_at = excluded.joined_at, version = excluded.version, left_at = excluded.left_at`,
    [workspaceId, member.id],
  );
  await revokePersonalTokens(on, member.id, workspaceId);
  const changes = { user_id: { from: member.id, to: null }, role: { from: member.role, to: null } };
  const about = aboutOf(workspaceId, member);
  await outbox.add(on, authEvents.member_removed, { ...about, changes, ...originOfEvent(doer) });
}

export async function readMember(on: Executor, workspaceId: string, userId: string): Promise<StoredMember | undefined> {
  const [row] = await on.query<StoredMember>(
    `SELECT ${COLUMNS}, m.id AS membership_id FROM ${FROM} AND m.user_id = $2`,
    [workspaceId, userId],
  );
  return row;
}

export async function readKnownMember(
  on: Executor,
  workspaceId: string,
  userId: string,
): Promise<KnownMember | undefined> {
  const [row] = await on.query<KnownMember>(`SELECT * FROM (${KNOWN_MEMBERS}) known WHERE id = $2`, [
    workspaceId,
    userId,
  ]);
  return row;
}

export function findMemberRows(
  on: Executor,
  workspaceId: string,
  { after, descending, fetch, offset }: PageRequest,
  includeFormer: boolean,
): Promise<KnownMember[]> {
  const past = after ? ` WHERE id ${descending ? '<' : '>'} $2::uuid` : '';
  return on.query<KnownMember>(
    `SELECT * FROM (${includeFormer ? KNOWN_MEMBERS : MEMBERS}) known${past}
     ORDER BY id ${descending ? 'DESC' : 'ASC'} LIMIT ${fetch} OFFSET ${offset}`,
    after ? [workspaceId, after[0]] : [workspaceId],
  );
}

export async function countMembers(on: Executor, workspaceId: string, includeFormer: boolean): Promise<number> {
  const former = includeFormer ? `(SELECT count(*) ${FORMER})` : '0';
  const [row] = await on.query<{ total: number }>(
    `SELECT ((SELECT count(*) FROM auth.workspace_member WHERE workspace_id = $1) + ${former})::int AS total`,
    [workspaceId],
  );
  return row?.total ?? 0;
}

/** The asking module knows that the users were in the workspace, also before former members were kept. */
export function findNames(
  on: Executor,
  workspaceId: string,
  userIds: readonly string[],
): Promise<{ id: string; name: string }[]> {
  return on.query<{ id: string; name: string }>(
    {
      name: 'auth.find_names',
      text: `SELECT asked.id, coalesce(u.name, '${DELETED_USER_NAME}') AS name FROM unnest($2::uuid[]) AS asked (id)
        LEFT JOIN auth."user" u ON u.id = asked.id
        LEFT JOIN auth.former_member f ON f.workspace_id = $1 AND f.user_id = asked.id
        WHERE u.id IS NOT NULL OR f.user_id IS NOT NULL`,
    },
    [workspaceId, userIds],
  );
}

/** At this moment. */
export async function findRole(on: Executor, workspaceId: string, userId: string): Promise<Role | undefined> {
  const [row] = await on.query<{ role: Role }>(
    'SELECT role FROM auth.workspace_member WHERE workspace_id = $1 AND user_id = $2',
    [workspaceId, userId],
  );
  return row?.role;
}

export async function hasOtherOwner(on: Executor, workspaceId: string, userId: string): Promise<boolean> {
  const rows = await on.query(
    `SELECT FROM auth.workspace_member WHERE workspace_id = $1 AND role = 'owner' AND user_id <> $2 LIMIT 1`,
    [workspaceId, userId],
  );
  return rows.length > 0;
}

export async function countOwned(on: Executor, userId: string): Promise<number> {
  const [row] = await on.query<{ owned: number }>(
    `SELECT count(*)::int AS owned FROM auth.workspace_member WHERE user_id = $1 AND role = 'owner'`,
    [userId],
  );
  return row?.owned ?? 0;
}

/** RFC 3339: `joined_at` is before the time of the event that ends the membership, and no earlier than that of the one before. */
export interface StoredJoining {
  user_id: string;
  joined_at: string;
  disabled: boolean;
}

export function findMembersAmong(
  on: Executor,
  workspaceId: string,
  userIds: readonly string[],
): Promise<StoredJoining[]> {
  return on.query<StoredJoining>(
    {
      name: 'auth.find_members_among',
      text: `SELECT m.user_id, m.joined_at, u.disabled_at IS NOT NULL AS disabled FROM ${FROM}
        AND m.user_id = ANY($2::uuid[])`,
    },
    [workspaceId, userIds],
  );
}

/** The place of a user in a workspace, before the user leaves. */
export interface Stake {
  workspace_id: string;
  is_default: boolean;
  is_owner: boolean;
  others: number;
  other_owners: number;
}

/** Nobody joins these workspaces until the transaction ends. */
export async function lockStakes(on: Executor, userId: string): Promise<Stake[]> {
  await on.query(
    `SELECT w.id FROM auth.workspace w WHERE w.id IN (SELECT workspace_id FROM auth.workspace_member WHERE user_id = $1)
     ORDER BY w.id FOR UPDATE`,
    [userId],
  );
  return on.query<Stake>(
    `SELECT m.workspace_id, w.is_default, m.role = 'owner' AS is_owner,
       (count(o.user_id))::int AS others, (count(o.user_id) FILTER (WHERE o.role = 'owner'))::int AS other_owners
     FROM auth.workspace_member m JOIN auth.workspace w ON w.id = m.workspace_id
     LEFT JOIN auth.workspace_member o ON o.workspace_id = m.workspace_id AND o.user_id <> m.user_id
     WHERE m.user_id = $1 GROUP BY m.workspace_id, w.is_default, m.role ORDER BY m.workspace_id`,
    [userId],
  );
}

/** With their keys, members and invites. */
export async function deleteWorkspaces(on: Executor, ids: readonly string[]): Promise<void> {
  await on.query(`DELETE FROM auth.api_key WHERE workspace_id = ANY($1::uuid[])`, [ids]);
  await on.query(`DELETE FROM auth.workspace WHERE id = ANY($1::uuid[])`, [ids]);
}

function aboutOf(workspaceId: string, { id, membership_id, version }: StoredMember) {
  return {
    aggregate: 'member',
    aggregate_id: membership_id,
    workspace_id: workspaceId,
    user_id: id,
    version: version + 1,
  } as const;
}
