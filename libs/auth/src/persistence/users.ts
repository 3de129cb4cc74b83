// The store of users.
import type { PageRequest } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { AccountState, Membership } from '../../contract/index.js';

export interface StoredUser {
  id: string;
  email: string;
  name: string;
  timezone: string;
  password_hash: string | null;
  email_verified_at: string | null;
  /** null: can sign in. */
  disabled_at: string | null;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface NewUser {
  email: string;
  name: string;
  timezone: string;
  /** null: the user signs in with a provider. */
  passwordHash: string | null;
  /** Whether the address counts as proven. */
  verified: boolean;
}

const COLUMNS = `u.id, u.email, u.name, u.timezone, u.password_hash, u.email_verified_at, u.disabled_at,
  u.version, u.created_at, u.updated_at`;
/** Part of every change: time never runs backwards within a user. */
const CHANGED = 'version = u.version + 1, updated_at = greatest(clock_timestamp()::timestamptz(3), u.updated_at)';

/** Equal for addresses that count as the same. */
export function emailKey(email: string): string {
  return email.toLowerCase();
}

/** @returns undefined where the address is in use. */
export async function insertUser(on: Executor, user: NewUser): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(
    `INSERT INTO auth."user" AS u (id, email, email_key, name, timezone, password_hash, email_verified_at)
     VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN now() END)
     ON CONFLICT (email_key) DO NOTHING RETURNING ${COLUMNS}`,
    [uuidv7(), user.email, emailKey(user.email), user.name, user.timezone, user.passwordHash, user.verified],
  );
  return row;
}

export async function findUserByEmail(on: Executor, email: string): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(
    { name: 'auth.find_user_by_email', text: `SELECT ${COLUMNS} FROM auth."user" u WHERE u.email_key = $1` },
    [emailKey(email)],
  );
  return row;
}

export async function findUser(on: Executor, id: string): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(`SELECT ${COLUMNS} FROM auth."user" u WHERE u.id = $1`, [id]);
  return row;
}

/** All of the installation, oldest first. */
export function findAllUsers(on: Executor): Promise<StoredUser[]> {
  return on.query<StoredUser>(`SELECT ${COLUMNS} FROM auth."user" u ORDER BY u.id`);
}

export interface UserFilter {
  email?: string;
  state?: AccountState;
}

/** All users of the installation that match. */
export function findUserRows(
  on: Executor,
  filter: UserFilter,
  { after, descending, fetch, offset }: PageRequest,
): Promise<StoredUser[]> {
  const past = after ? ` AND u.id ${descending ? '<' : '>'} $2::uuid` : '';
  return on.query<StoredUser>(
    `SELECT ${COLUMNS} FROM auth."user" u WHERE ${matches(filter)}${past}
     ORDER BY u.id ${descending ? 'DESC' : 'ASC'} LIMIT ${fetch} OFFSET ${offset}`,
    after ? [keyOf(filter), after[0]] : [keyOf(filter)],
  );
}

export async function countUsers(on: Executor, filter: UserFilter): Promise<number> {
  const [row] = await on.query<{ total: number }>(
    `SELECT count(*)::int AS total FROM auth."user" u WHERE ${matches(filter)}`,
    [keyOf(filter)],
  );
  return row?.total ?? 0;
}

const STATES: Readonly<Record<AccountState, string>> = {
  active: 'u.disabled_at IS NULL',
  disabled: 'u.disabled_at IS NOT NULL',
};

/** Takes the key of the address as the first parameter. */
function matches({ email, state }: UserFilter): string {
  const address = email === undefined ? '$1::text IS NULL' : 'u.email_key = $1';
  return state === undefined ? address : `${address} AND ${STATES[state]}`;
}

function keyOf({ email }: UserFilter): string | null {
  return email === undefined ? null : emailKey(email);
}

/** Nobody changes it until the transaction ends. */
export async function lockUser(on: Executor, id: string): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(`SELECT ${COLUMNS} FROM auth."user" u WHERE u.id = $1 FOR UPDATE`, [id]);
  return row;
}

/**
 * Waits for a change of the user that is under way.
 * @returns the user as they are now; undefined where the password is no longer the one that was compared.
 */
export async function holdUserWithPassword(
  on: Executor,
  { id, password_hash }: StoredUser,
): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(
    `SELECT ${COLUMNS} FROM auth."user" u WHERE u.id = $1 AND u.password_hash = $2 FOR SHARE`,
    [id, password_hash],
  );
  return row;
}

export async function updateProfile(
  on: Executor,
  id: string,
  { name, timezone }: Pick<StoredUser, 'name' | 'timezone'>,
): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(
    `UPDATE auth."user" u SET name = $2, timezone = $3, ${CHANGED} WHERE u.id = $1 RETURNING ${COLUMNS}`,
    [id, name, timezone],
  );
  return row;
}

/** @returns undefined where it is proven already, or the user has another address by now. */
export async function markVerified(on: Executor, id: string, address: string): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(
    `UPDATE auth."user" u SET email_verified_at = now(), ${CHANGED}
     WHERE u.id = $1 AND u.email_key = $2 AND u.email_verified_at IS NULL RETURNING ${COLUMNS}`,
    [id, emailKey(address)],
  );
  return row;
}

export async function setPassword(on: Executor, id: string, passwordHash: string): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(
    `UPDATE auth."user" u SET password_hash = $2, ${CHANGED} WHERE u.id = $1 RETURNING ${COLUMNS}`,
    [id, passwordHash],
  );
  return row;
}

/** @returns undefined for a user without a password, or with a verified address. */
export async function dropUnprovenPassword(on: Executor, id: string): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(
    `UPDATE auth."user" u SET password_hash = NULL, ${CHANGED}
     WHERE u.id = $1 AND u.email_verified_at IS NULL AND u.password_hash IS NOT NULL RETURNING ${COLUMNS}`,
    [id],
  );
  return row;
}

/** By a link to the address, which verifies it. @returns undefined for a user who has another address by now. */
export async function setPasswordByLink(
  on: Executor,
  id: string,
  address: string,
  passwordHash: string,
): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(
    `UPDATE auth."user" u SET password_hash = $3, email_verified_at = coalesce(u.email_verified_at, now()), ${CHANGED}
     WHERE u.id = $1 AND u.email_key = $2 RETURNING ${COLUMNS}`,
    [id, emailKey(address), passwordHash],
  );
  return row;
}

/** For a person who has proven the address. @returns undefined for an account that is verified by now. */
export async function takeOverUser(
  on: Executor,
  id: string,
  { name, timezone }: Pick<StoredUser, 'name' | 'timezone'>,
): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(
    `UPDATE auth."user" u SET password_hash = NULL, name = $2, timezone = $3, email_verified_at = now(), ${CHANGED}
     WHERE u.id = $1 AND u.email_verified_at IS NULL RETURNING ${COLUMNS}`,
    [id, name, timezone],
  );
  return row;
}

/** @throws pg's DatabaseError for the constraint `user_email_key` where the address is in use. */
export async function setEmail(on: Executor, id: string, email: string): Promise<StoredUser | undefined> {
  const [row] = await on.query<StoredUser>(
    `UPDATE auth."user" u SET email = $2, email_key = $3, email_verified_at = now(), ${CHANGED}
     WHERE u.id = $1 RETURNING ${COLUMNS}`,
    [id, email, emailKey(email)],
  );
  return row;
}

/** Requires a locked row. @returns the changed row. */
export async function setDisabled(on: Executor, id: string, disabled: boolean): Promise<StoredUser> {
  const [row] = await on.query<StoredUser>(
    `UPDATE auth."user" u SET disabled_at = CASE WHEN $2 THEN now() END, ${CHANGED} WHERE u.id = $1 RETURNING ${COLUMNS}`,
    [id, disabled],
  );
  if (!row) throw new Error('Invariant violated: a locked user has changed.');
  return row;
}

/** With its sessions and memberships. */
export async function deleteUser(on: Executor, id: string): Promise<void> {
  await on.query(`DELETE FROM auth."user" WHERE id = $1`, [id]);
}

/** The one joined first comes first. */
export async function findMemberships(on: Executor, userId: string): Promise<Membership[]> {
  return on.query<Membership>(
    `SELECT w.id, w.name, m.role FROM auth.workspace_member m JOIN auth.workspace w ON w.id = m.workspace_id
     WHERE m.user_id = $1 ORDER BY m.joined_at, w.id`,
    [userId],
  );
}
