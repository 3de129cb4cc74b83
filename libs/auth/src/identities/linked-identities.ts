// What of a user is linked to providers: linking by a verified address and a session that has just begun, listing, unlinking.
import { ConflictError, NotFoundError, type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import {
  accessTokenRefused,
  providerEmailNotVerified,
  signInInvalid,
  type Identity,
  type IdentityPage,
  type LinkIdentity,
} from '../../contract/index.js';
import {
  deleteIdentity,
  findIdentities,
  findIdentity,
  insertIdentity,
  useIdentity,
  type NewIdentity,
  type StoredIdentity,
} from '../persistence/identities.js';
import { revokeSessions } from '../persistence/sessions.js';
import { takeForLinking } from '../persistence/sign-in-flows.js';
import { tell } from '../persistence/user-events.js';
import { emailKey, lockUser, type StoredUser } from '../persistence/users.js';
import { requireFreshSignIn } from '../users/fresh-sign-in.js';
import { originOf, signedIn } from '../users/users-parts.js';
import type { IdentitiesParts } from './identities-parts.js';
import { hashOf } from './secrets-of-flow.js';

/** More than there are providers; what is beyond is shown all the same. */
const SHOWN = 100;

export class LinkedIdentities {
  constructor(private readonly parts: IdentitiesParts) {}

  /** What is refused uses nothing up: who signs in again can try again. */
  async link(context: CallContext, { provider, flow, code }: LinkIdentity): Promise<Identity> {
    const { database, links, signal } = this.parts.users;
    const { userId, sessionId } = signedIn(context);
    return database.transaction(async (on) => {
      await requireFreshSignIn(on, userId, sessionId);
      // The flow first, then the user, as where one signs in with it.
      const proven = await takeForLinking(on, { provider, flowHash: hashOf(flow), codeHash: hashOf(code) });
      if (!proven) throw signInInvalid();
      const user = await lockUser(on, userId);
      if (!user) throw accessTokenRefused();
      const { issuer, subject, email } = proven;
      if (!proven.email_verified || email === null) throw providerEmailNotVerified();
      requireSameAddress(user, email);
      const made = await insertIdentity(on, { userId, provider, issuer, subject, email });
      if (!made) return shown(await known(on, { userId, issuer, subject, email }));
      const token_id = await links.make(on, 'notice', userId, user.email);
      await tell(on, originOf(context), { event: 'identity_linked', user, provider, token_id });
      on.afterCommit(() => signal.wake());
      return shown(made);
    });
  }

  async find(context: CallContext): Promise<IdentityPage> {
    const rows = await findIdentities(this.parts.users.database, signedIn(context).userId);
    return { items: rows.map(shown), page: { limit: SHOWN, next_cursor: null, total: null } };
  }

  /** Whoever came in by it is signed out; who unlinks it stays. */
  async unlink(context: CallContext, id: string): Promise<void> {
    const { database, links, remembered, signal } = this.parts.users;
    const { userId, sessionId } = signedIn(context);
    await database.transaction(async (on) => {
      const user = await lockUser(on, userId);
      if (!user) throw accessTokenRefused();
      const all = await findIdentities(on, userId);
      const identity = all.find((one) => one.id === id);
      if (!identity) throw new NotFoundError('identity', id);
      if (user.password_hash === null && !all.some((one) => one !== identity && this.canSignIn(one))) {
        throw new ConflictError('last_way_to_sign_in', 'You could not sign in any more: set a password first.');
      }
      await deleteIdentity(on, id);
      const token_id = await links.make(on, 'notice', userId, user.email);
      await tell(on, originOf(context), { event: 'identity_unlinked', user, provider: identity.provider, token_id });
      await revokeSessions(on, userId, sessionId);
      on.afterCommit(() => signal.wake());
    });
    remembered.forget(userId);
  }

  /** A provider that is not configured any more opens nothing. */
  private canSignIn({ provider }: StoredIdentity): boolean {
    return this.parts.providers.has(provider);
  }
}

/** Both are proven, each to another. */
function requireSameAddress(user: StoredUser, email: string): void {
  if (user.email_verified_at !== null && emailKey(user.email) === emailKey(email)) return;
  const message = 'The address there is another one than that of your account.';
  throw new ConflictError('identity_email_differs', message);
}

/** Linking what is linked already changes nothing. @throws ConflictError `identity_taken`. */
async function known(
  on: Executor,
  { userId, issuer, subject, email }: Omit<NewIdentity, 'provider'>,
): Promise<StoredIdentity> {
  const found = await findIdentity(on, issuer, subject);
  const used = found?.user_id === userId ? await useIdentity(on, found.id, email) : undefined;
  if (!used) throw new ConflictError('identity_taken', 'Another account is linked to it.');
  return used;
}

function shown({ id, provider, email, created_at, last_used_at }: StoredIdentity): Identity {
  return { id, provider, email, created_at, last_used_at };
}
