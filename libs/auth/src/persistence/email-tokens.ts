// The store of tokens in mails: links that prove an address and work once, and notices without a link.
import type { Executor } from '@mono/platform';
import type { LinkKind } from '../../contract/index.js';

export interface StoredEmailToken {
  id: string;
  kind: LinkKind | 'notice';
  /** null for an invite: nobody may have the address yet. */
  user_id: string | null;
  /** null unless it is an invite. */
  invite_id: string | null;
  /** SHA-256 of the secret of the link, which is derived on request; null for a notice. */
  hash: Buffer | null;
  /** The recipient; with `change_email`, the new address. */
  address: string;
  /** RFC 3339. */
  expires_at: string;
  /** Whether its link still works. */
  holds: boolean;
}

/** The subject of a link. */
export type Meant = Pick<StoredEmailToken, 'user_id' | 'invite_id' | 'address'>;

export interface NewEmailToken extends Omit<StoredEmailToken, 'expires_at' | 'holds'> {
  lifetimeSeconds: number;
}

/** Links of a disabled user do not. */
const HOLDS = `used_at IS NULL AND expires_at > now()
  AND NOT EXISTS (SELECT FROM auth."user" u WHERE u.id = user_id AND u.disabled_at IS NOT NULL)`;

export async function insertEmailToken(on: Executor, token: NewEmailToken): Promise<void> {
  const { id, kind, user_id, invite_id, hash, address, lifetimeSeconds } = token;
  await on.query(
    `INSERT INTO auth.email_token (id, kind, user_id, invite_id, hash, address, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))`,
    [id, kind, user_id, invite_id, hash, address, lifetimeSeconds],
  );
}

export async function findEmailToken(on: Executor, id: string): Promise<StoredEmailToken | undefined> {
  const [row] = await on.query<StoredEmailToken>(
    `SELECT id, kind, user_id, invite_id, hash, address, expires_at, ${HOLDS} AS holds FROM auth.email_token WHERE id = $1`,
    [id],
  );
  return row;
}

/** @returns the id of the token in the last mail, if its link still works. */
export async function findOpenTokenOfInvite(on: Executor, inviteId: string): Promise<string | undefined> {
  const [row] = await on.query<{ id: string }>(
    `SELECT id FROM auth.email_token WHERE invite_id = $1 AND ${HOLDS} ORDER BY id DESC LIMIT 1`,
    [inviteId],
  );
  return row?.id;
}

/** One of several concurrent uses succeeds. @returns undefined for an invalid link. */
export async function consumeEmailToken(
  on: Executor,
  { id, kind, hash }: { id: string; kind: LinkKind; hash: Buffer },
): Promise<Meant | undefined> {
  const [row] = await on.query<Meant>(
    `UPDATE auth.email_token SET used_at = now() WHERE id = $1 AND kind = $2 AND hash = $3 AND ${HOLDS}
     RETURNING user_id, invite_id, address`,
    [id, kind, hash],
  );
  return row;
}

/** Invalidates the links of these kinds that were sent before. */
export async function dropEmailTokens(on: Executor, userId: string, kinds: readonly LinkKind[]): Promise<void> {
  await on.query(
    `UPDATE auth.email_token SET used_at = now() WHERE user_id = $1 AND kind = ANY($2::text[]) AND used_at IS NULL`,
    [userId, kinds],
  );
}

export async function dropInviteTokens(on: Executor, inviteId: string): Promise<void> {
  await on.query('UPDATE auth.email_token SET used_at = now() WHERE invite_id = $1 AND used_at IS NULL', [inviteId]);
}

export async function deleteEmailTokens(on: Executor, userId: string): Promise<void> {
  await on.query(`DELETE FROM auth.email_token WHERE user_id = $1`, [userId]);
}
