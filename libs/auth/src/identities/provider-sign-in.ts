// What a proof from a provider is good for: a session of whom it is linked to, an account for whom nobody knows, or the
// demand to show first that one is who the address says.
import { DomainError, type PublicContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import {
  linkRequired,
  providerEmailNotVerified,
  signInInvalid,
  signUpDisabled,
  type FinishSignIn,
  type Tokens,
} from '../../contract/index.js';
import { findIdentity, insertIdentity, useIdentity } from '../persistence/identities.js';
import { deleteFlow, requireLink, lockProven, type Proven, type ProvenFlow } from '../persistence/sign-in-flows.js';
import { tell } from '../persistence/user-events.js';
import { findUserByEmail, insertUser, lockUser, type StoredUser } from '../persistence/users.js';
import type { OpenedSession } from '../users/sign-in.js';
import { originOf } from '../users/users-parts.js';
import { claimAccount } from './claim-account.js';
import type { IdentitiesParts } from './identities-parts.js';
import { hashOf } from './secrets-of-flow.js';

/** How long there is to sign in to the account that is there, and to link it. */
const LINK_SECONDS = 10 * 60;
/** Somebody else may make the account at the same moment; then it is there. */
const ATTEMPTS = 3;

export class ProviderSignIn {
  constructor(private readonly parts: IdentitiesParts) {}

  /** All of it or nothing, so that the code still holds when the node dies before it is used up. */
  async finish(caller: PublicContext, provider: string, { flow, code }: FinishSignIn): Promise<Tokens> {
    const { database, signal, throttle } = this.parts.users;
    const attempt = await throttle.attemptVisit(caller.address);
    const outcome = await database.transaction(async (on) => {
      const proven = await lockProven(on, { provider, flowHash: hashOf(flow), codeHash: hashOf(code) });
      if (!proven) throw signInInvalid();
      on.afterCommit(() => signal.wake());
      return this.decide(on, caller, provider, proven);
    });
    // A refusal uses the code up as well: it must be committed.
    if (outcome instanceof DomainError) throw outcome;
    await attempt.giveBack();
    return this.parts.signIn.tokensOf(outcome.subject, outcome.refreshToken);
  }

  private async decide(
    on: Executor,
    caller: PublicContext,
    provider: string,
    proven: ProvenFlow,
  ): Promise<OpenedSession | DomainError> {
    const user = await this.userOf(on, caller, provider, proven);
    if (user instanceof DomainError && user.code === 'link_required') await requireLink(on, proven.id, LINK_SECONDS);
    else await deleteFlow(on, proven.id);
    return user instanceof DomainError ? user : this.parts.signIn.open(on, caller, user, provider);
  }

  private async userOf(
    on: Executor,
    caller: PublicContext,
    provider: string,
    proven: Proven,
  ): Promise<StoredUser | DomainError> {
    const { issuer, subject, email, email_verified } = proven;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const known = await findIdentity(on, issuer, subject);
      // The user first, then what is theirs: everything that changes a user takes the locks in this order.
      const linked = known && (await lockUser(on, known.user_id));
      if (linked && (await useIdentity(on, known.id, email_verified ? email : null))) return linked;
      if (!email_verified || email === null) return providerEmailNotVerified();
      const account = await findUserByEmail(on, email);
      const user = account
        ? await this.claim(on, caller, account, proven)
        : await this.make(on, caller, { ...proven, email });
      if (user instanceof DomainError) return user;
      if (user && (await insertIdentity(on, { userId: user.id, provider, issuer, subject, email }))) {
        await tell(on, originOf(caller), { event: 'identity_linked', user, provider });
        return user;
      }
    }
    return signInInvalid();
  }

  /** An account whose address is proven is its owner's: a proof from elsewhere never opens it by itself. */
  private async claim(
    on: Executor,
    caller: PublicContext,
    { id }: StoredUser,
    { issuer, subject, name }: Proven,
  ): Promise<StoredUser | DomainError | undefined> {
    const account = await lockUser(on, id);
    if (!account) return undefined;
    if (account.email_verified_at !== null) {
      // Linked just now, by the same person elsewhere?
      return (await findIdentity(on, issuer, subject)) ? undefined : linkRequired();
    }
    return claimAccount(on, caller, account, name ?? localPartOf(account.email));
  }

  /** @returns undefined where somebody has just made one. */
  private async make(
    on: Executor,
    caller: PublicContext,
    { email, name }: Proven & { email: string },
  ): Promise<StoredUser | DomainError | undefined> {
    if (!this.parts.users.signUpEnabled) return signUpDisabled();
    const user = await insertUser(on, {
      email,
      name: name ?? localPartOf(email),
      timezone: 'UTC',
      passwordHash: null,
      verified: true,
    });
    if (user) await this.parts.signUp.welcome(on, caller, user);
    return user;
  }
}

/** At most 64 characters. */
function localPartOf(email: string): string {
  return email.slice(0, email.lastIndexOf('@'));
}
