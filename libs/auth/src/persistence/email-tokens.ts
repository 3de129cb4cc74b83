// The store of what mails refer to: links that prove an address, each good for one use, and notices without a link.
import type { Executor } from '@mono/platform';
import type { LinkKind } from '../../contract/index.js';

export interface StoredEmailToken {
  id: string;
  kind: LinkKind | 'notice';
  /** Of an invite null: nobody may have the address yet. */
  user_id: string | null;
  /** Of an invite. */
  invite_id: string | null;
  /** SHA-256 of the link's secret, which is derived anew whenever it is asked for; null for a notice. */
  hash: Buffer | null;
  /** Where the mail goes; of `change_email` the new address. */
  address: string;
  /** RFC 3339. */
  expires_at: string;
  /** Whether its link still leads somewhere. */
  holds: boolean;
}

/** Whom or what, and which address, a link is about. */
export type Meant = Pick<StoredEmailToken, 'user_id' | 'invite_id' | 'address'>;

export interface NewEmailToken extends Omit<StoredEmailToken, 'expires_at' | 'holds'> {
  lifetimeSeconds: number;
}

const HOLDS = 'used_at IS NULL AND expires_at > now()';

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

/** Of several uses at once one gets it. @returns undefined where it does not hold. */
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

/** The links of these kinds that were sent before lead nowhere any more. */
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
