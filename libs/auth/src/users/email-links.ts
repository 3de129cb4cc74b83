// Links in mails. The secret of one is derived from its id when it is asked for: it is in no table, no event and no log.
import { createHash } from 'node:crypto';
import { NotFoundError, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { LINK_PATHS, linkInvalid, type Contact, type EmailLink, type LinkKind } from '../../contract/index.js';
import {
  consumeEmailToken,
  findEmailToken,
  insertEmailToken,
  type StoredEmailToken,
} from '../persistence/email-tokens.js';
import { findUser } from '../persistence/users.js';
import type { SecretKeys } from '../secrets/secret-keys.js';

const HOUR_SECONDS = 60 * 60;
const LIFETIME_SECONDS: Readonly<Record<StoredEmailToken['kind'], number>> = {
  verify: 24 * HOUR_SECONDS,
  reset: HOUR_SECONDS,
  change_email: 24 * HOUR_SECONDS,
  notice: 24 * HOUR_SECONDS,
};
/** <token id>.<256 bits, base64url> */
const TOKEN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/;

type Meant = Pick<StoredEmailToken, 'user_id' | 'address'>;

export class EmailLinks {
  /** @param publicUrl with which links begin, without a slash at its end. */
  constructor(
    private readonly database: Executor,
    private readonly secrets: SecretKeys,
    private readonly publicUrl: string,
  ) {}

  /** @returns the new token's id, for an event. */
  async make(on: Executor, kind: StoredEmailToken['kind'], userId: string, address: string): Promise<string> {
    const id = uuidv7();
    const [secret] = kind === 'notice' ? [] : this.secretsOf(kind, id);
    const hash = secret === undefined ? null : hashOf(secret);
    await insertEmailToken(on, { id, kind, user_id: userId, hash, address, lifetimeSeconds: LIFETIME_SECONDS[kind] });
    return id;
  }

  /** Uses it up. @returns whom and which address it proves. @throws DomainError `link_invalid`. */
  async consume(on: Executor, kind: LinkKind, token: string): Promise<Meant> {
    const { id, hash } = parse(token);
    const consumed = await consumeEmailToken(on, { id, kind, hash });
    if (!consumed) throw linkInvalid();
    return consumed;
  }

  /** Leaves it as it is. @throws DomainError `link_invalid`. */
  async demand(kind: LinkKind, token: string): Promise<void> {
    const { id, hash } = parse(token);
    const stored = await findEmailToken(this.database, id);
    if (!stored?.holds || stored.kind !== kind || !stored.hash?.equals(hash)) throw linkInvalid();
  }

  /** For who sends the mail. @throws NotFoundError `email_token_not_found`. */
  async describe(id: string): Promise<EmailLink> {
    const stored = await findEmailToken(this.database, id);
    if (!stored) throw new NotFoundError('email_token', id);
    const user = await findUser(this.database, stored.user_id);
    const { name = null, timezone = 'UTC' } = user ?? {};
    const { address, expires_at } = stored;
    return { address, name, timezone, url: user && stored.holds ? this.urlOf(stored) : null, expires_at };
  }

  /** @throws NotFoundError `user_not_found`. */
  async contact(userId: string): Promise<Contact> {
    const user = await findUser(this.database, userId);
    if (!user) throw new NotFoundError('user', userId);
    return { address: user.email, name: user.name, timezone: user.timezone };
  }

  /** null for a notice, and where SECRET_KEY was replaced without naming the former one. */
  private urlOf({ id, kind, hash }: StoredEmailToken): string | null {
    if (kind === 'notice' || hash === null) return null;
    const secret = this.secretsOf(kind, id).find((candidate) => hashOf(candidate).equals(hash));
    return secret === undefined ? null : `${this.publicUrl}${LINK_PATHS[kind]}?token=${id}.${secret}`;
  }

  private secretsOf(kind: LinkKind, id: string): string[] {
    return this.secrets.macs('email link', `${kind} ${id}`).map((mac) => mac.toString('base64url'));
  }
}

function parse(token: string): { id: string; hash: Buffer } {
  const [, id, secret] = TOKEN.exec(token) ?? [];
  if (id === undefined || secret === undefined) throw linkInvalid();
  return { id, hash: hashOf(secret) };
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
