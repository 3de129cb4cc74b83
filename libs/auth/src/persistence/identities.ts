// The store of what links users to providers.
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { Identity } from '../../contract/index.js';

export interface StoredIdentity extends Identity {
  user_id: string;
}

export interface NewIdentity {
  userId: string;
  provider: string;
  issuer: string;
  subject: string;
  email: string;
}

const COLUMNS = 'id, provider, email, created_at, last_used_at, user_id';

/** @returns undefined where somebody has it already. */
export async function insertIdentity(
  on: Executor,
  { userId, provider, issuer, subject, email }: NewIdentity,
): Promise<StoredIdentity | undefined> {
  const [row] = await on.query<StoredIdentity>(
    `INSERT INTO auth.identity (id, user_id, provider, issuer, subject, email) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (issuer, subject) DO NOTHING RETURNING ${COLUMNS}`,
    [uuidv7(), userId, provider, issuer, subject, email],
  );
  return row;
}

export async function findIdentity(on: Executor, issuer: string, subject: string): Promise<StoredIdentity | undefined> {
  const [row] = await on.query<StoredIdentity>(
    `SELECT ${COLUMNS} FROM auth.identity WHERE issuer = $1 AND subject = $2`,
    [issuer, subject],
  );
  return row;
}

/** @param email the current one; null keeps the known one. @returns undefined for an identity that was unlinked meanwhile. */
export async function useIdentity(on: Executor, id: string, email: string | null): Promise<StoredIdentity | undefined> {
  const [row] = await on.query<StoredIdentity>(
    `UPDATE auth.identity SET last_used_at = now(), email = coalesce($2, email) WHERE id = $1 RETURNING ${COLUMNS}`,
    [id, email],
  );
  return row;
}

/** The oldest first. */
export async function findIdentities(on: Executor, userId: string): Promise<StoredIdentity[]> {
  return on.query<StoredIdentity>(`SELECT ${COLUMNS} FROM auth.identity WHERE user_id = $1 ORDER BY created_at, id`, [
    userId,
  ]);
}

export async function deleteIdentity(on: Executor, id: string): Promise<void> {
  await on.query(`DELETE FROM auth.identity WHERE id = $1`, [id]);
}
