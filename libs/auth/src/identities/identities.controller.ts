// Identities at providers: linked by a verified address and a recent session, listed, unlinked.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, InputOf } from '@mono/contract';
import { Database, Operation, type Executor } from '@mono/platform';
import {
  authErrors,
  identitiesOperations,
  invalidAccessToken,
  RememberedUsers,
  type Identity,
  type IdentityPage,
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
import { revokePersonalTokens } from '../persistence/personal-tokens.js';
import { revokeSessions } from '../persistence/sessions.js';
import { takeForLinking } from '../persistence/sign-in-flows.js';
import { addUserEvent } from '../persistence/user-events.js';
import { emailKey, lockUser, type StoredUser } from '../persistence/users.js';
import { originOf, signedIn } from '../users/caller.js';
import { EmailLinks } from '../users/email-links.js';
import { requireFreshSignIn } from '../users/fresh-sign-in.js';
import { hashOf } from './secrets-of-flow.js';
import { SignInProviders } from './sign-in-providers.js';

/** More than there are providers. */
const SHOWN = 100;

@Controller()
export class IdentitiesController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly remembered: RememberedUsers,
    private readonly providers: SignInProviders,
    private readonly links: EmailLinks,
  ) {}

  @Operation(identitiesOperations.findIdentities)
  async findIdentities(_input: undefined, context: CallContext): Promise<IdentityPage> {
    const rows = await findIdentities(this.database, signedIn(context).userId);
    return { items: rows.map(shown), page: { limit: SHOWN, next_cursor: null, total: null } };
  }

  /** A refusal leaves the code usable, so that the user can sign in again and retry. */
  @Operation(identitiesOperations.linkIdentity)
  async linkIdentity(
    { provider, flow, code }: InputOf<typeof identitiesOperations.linkIdentity>,
    context: CallContext,
  ): Promise<Identity> {
    const { userId, sessionId } = signedIn(context);
    return this.database.transaction(async (on) => {
      await requireFreshSignIn(on, userId, sessionId);
      // The flow first, then the user, as at a sign-in.
      const proven = await takeForLinking(on, { provider, flowHash: hashOf(flow), codeHash: hashOf(code) });
      if (!proven) throw authErrors.sign_in_invalid();
      const user = await lockUser(on, userId);
      if (!user) throw invalidAccessToken();
      const { issuer, subject, email } = proven;
      if (!proven.email_verified || email === null) throw authErrors.provider_email_not_verified();
      if (!hasVerified(user, email)) throw authErrors.identity_email_differs();
      const linked = await insertIdentity(on, { userId, provider, issuer, subject, email });
      if (!linked) return shown(await linkedBefore(on, { userId, issuer, subject, email }));
      const token_id = await this.links.make(on, 'notice', userId, user.email);
      await addUserEvent(on, originOf(context), { event: 'identity_linked', user, provider, token_id });
      on.afterCommit(() => this.signal.wake());
      return shown(linked);
    });
  }

  /** Ends all sessions but the caller's: the others may have begun with the identity. */
  @Operation(identitiesOperations.unlinkIdentity)
  async unlinkIdentity(
    { id }: InputOf<typeof identitiesOperations.unlinkIdentity>,
    context: CallContext,
  ): Promise<void> {
    const { userId, sessionId } = signedIn(context);
    await this.database.transaction(async (on) => {
      const user = await lockUser(on, userId);
      if (!user) throw invalidAccessToken();
      const all = await findIdentities(on, userId);
      const identity = all.find((one) => one.id === id);
      if (!identity) throw authErrors.identity_not_found({ id });
      if (user.password_hash === null && !all.some((one) => one !== identity && this.canSignIn(one))) {
        throw authErrors.last_way_to_sign_in();
      }
      await deleteIdentity(on, id);
      const token_id = await this.links.make(on, 'notice', userId, user.email);
      await addUserEvent(on, originOf(context), {
        event: 'identity_unlinked',
        user,
        provider: identity.provider,
        token_id,
      });
      await revokeSessions(on, userId, sessionId);
      await revokePersonalTokens(on, userId);
      on.afterCommit(() => this.signal.wake());
    });
    this.remembered.forget(userId);
  }

  /** Not with a provider that is no longer configured. */
  private canSignIn({ provider }: StoredIdentity): boolean {
    return this.providers.find(provider) !== undefined;
  }
}

function hasVerified(user: StoredUser, email: string): boolean {
  return user.email_verified_at !== null && emailKey(user.email) === emailKey(email);
}

/** Linking again changes nothing. @throws DomainError `identity_taken`. */
async function linkedBefore(
  on: Executor,
  { userId, issuer, subject, email }: Omit<NewIdentity, 'provider'>,
): Promise<StoredIdentity> {
  const found = await findIdentity(on, issuer, subject);
  const used = found?.user_id === userId ? await useIdentity(on, found.id, email) : undefined;
  if (!used) throw authErrors.identity_taken();
  return used;
}

function shown({ id, provider, email, created_at, last_used_at }: StoredIdentity): Identity {
  return { id, provider, email, created_at, last_used_at };
}
