// Links in mails. The secret of one is derived from its id on request: it is in no table, no event and no log.
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database, PublicUrl, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import {
  authErrors,
  LINK_PATHS,
  type Contact,
  type EmailLink,
  type LinkKind,
  type OneTimeLink,
} from '../../contract/index.js';
import {
  consumeEmailToken,
  findEmailToken,
  insertEmailToken,
  type Meant,
  type StoredEmailToken,
} from '../persistence/email-tokens.js';
import { describeInvite, INVITE_LIFETIME_SECONDS } from '../persistence/invites.js';
import { findUser, findUserByEmail } from '../persistence/users.js';
import { SecretKeys } from '../secrets/secret-keys.js';

const HOUR_SECONDS = 60 * 60;
const LIFETIME_SECONDS: Readonly<Record<StoredEmailToken['kind'], number>> = {
  verify: 24 * HOUR_SECONDS,
  reset: HOUR_SECONDS,
  change_email: 24 * HOUR_SECONDS,
  invite: INVITE_LIFETIME_SECONDS,
  notice: 24 * HOUR_SECONDS,
};
/** <token id>.<256 bits, base64url> */
const TOKEN = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([\w-]{43})$/;

interface Proof {
  user_id: string;
  address: string;
}

/** A user by their id, or an invite. */
type About = string | { inviteId: string };

@Injectable()
export class EmailLinks {
  constructor(
    private readonly database: Database,
    @Inject(SecretKeys) private readonly secrets: Pick<SecretKeys, 'macs'>,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** @returns the new token's id, for an event. */
  async make(on: Executor, kind: StoredEmailToken['kind'], about: About, address: string): Promise<string> {
    const id = uuidv7();
    const [secret] = kind === 'notice' ? [] : this.secretsOf(kind, id);
    const hash = secret === undefined ? null : hashOf(secret);
    const meant =
      typeof about === 'string' ? { user_id: about, invite_id: null } : { user_id: null, invite_id: about.inviteId };
    await insertEmailToken(on, { id, kind, ...meant, hash, address, lifetimeSeconds: LIFETIME_SECONDS[kind] });
    return id;
  }

  /** @returns the user and the address that the link proves; it no longer works. @throws DomainError `link_invalid`. */
  async consume(on: Executor, kind: Exclude<LinkKind, 'invite'>, token: string): Promise<Proof> {
    const { user_id, address } = await this.useUp(on, kind, token);
    if (user_id === null) throw authErrors.link_invalid();
    return { user_id, address };
  }

  /** The link no longer works. @throws DomainError `link_invalid`. */
  async consumeInvite(on: Executor, token: string): Promise<void> {
    await this.useUp(on, 'invite', token);
  }

  private async useUp(on: Executor, kind: LinkKind, token: string): Promise<Meant> {
    const { id, hash } = parse(token);
    const consumed = await consumeEmailToken(on, { id, kind, hash });
    if (!consumed) throw authErrors.link_invalid();
    return consumed;
  }

  /** Leaves the link usable. @returns its address and its invite. @throws DomainError `link_invalid`. */
  async requireValid(kind: LinkKind, token: string): Promise<Pick<StoredEmailToken, 'address' | 'invite_id'>> {
    const { id, hash } = parse(token);
    const stored = await findEmailToken(this.database, id);
    if (!stored?.holds || stored.kind !== kind || !stored.hash?.equals(hash)) throw authErrors.link_invalid();
    return stored;
  }

  /**
   * For operators, in the transaction that has created or found the token.
   * @throws DomainError `link_invalid`, also where SECRET_KEY was replaced since.
   */
  async show(on: Executor, id: string): Promise<OneTimeLink> {
    const stored = await findEmailToken(on, id);
    const url = stored?.holds ? this.urlOf(stored) : null;
    if (!stored || url === null) throw authErrors.link_invalid();
    const { address, expires_at } = stored;
    return { url, address, expires_at };
  }

  /** @throws DomainError `email_token_not_found`. */
  async describe(id: string): Promise<EmailLink> {
    const stored = await findEmailToken(this.database, id);
    if (!stored) throw authErrors.email_token_not_found({ id });
    const { address, user_id, invite_id, expires_at, holds } = stored;
    const user =
      user_id === null ? await findUserByEmail(this.database, address) : await findUser(this.database, user_id);
    const { name = null, timezone = 'UTC' } = user ?? {};
    const invite = invite_id === null ? undefined : await describeInvite(this.database, invite_id);
    const leads = holds && (user !== undefined || invite !== undefined);
    return { address, name, timezone, url: leads ? this.urlOf(stored) : null, expires_at, ...(invite && { invite }) };
  }

  /** @throws DomainError `user_not_found`. */
  async contact(userId: string): Promise<Contact> {
    const user = await findUser(this.database, userId);
    if (!user) throw authErrors.user_not_found({ id: userId });
    const { email: address, name, timezone, disabled_at } = user;
    return { address, name, timezone, ...(disabled_at !== null && { disabled: true }) };
  }

  /** null for a notice, and for a link of a SECRET_KEY that is no longer configured. */
  private urlOf({ id, kind, hash }: StoredEmailToken): string | null {
    if (kind === 'notice' || hash === null) return null;
    const secret = this.secretsOf(kind, id).find((candidate) => hashOf(candidate).equals(hash));
    return secret === undefined ? null : `${this.publicUrl.get()}${LINK_PATHS[kind]}?token=${id}.${secret}`;
  }

  private secretsOf(kind: LinkKind, id: string): string[] {
    return this.secrets.macs('email link', `${kind} ${id}`).map((mac) => mac.toString('base64url'));
  }
}

function parse(token: string): { id: string; hash: Buffer } {
  const [, id, secret] = TOKEN.exec(token) ?? [];
  if (id === undefined || secret === undefined) throw authErrors.link_invalid();
  return { id, hash: hashOf(secret) };
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
