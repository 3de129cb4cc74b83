// The end of a sign-in with a provider: a session of the linked user, a new account, or the request to link an existing one.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { DomainError, type InputOf, type PublicContext } from '@mono/contract';
import { Database, Operation, type Executor } from '@mono/platform';
import { authErrors, identitiesOperations, type Tokens } from '../../contract/index.js';
import { findIdentity, insertIdentity, useIdentity } from '../persistence/identities.js';
import { deleteFlow, keepForLinking, lockProven, type Proven, type ProvenFlow } from '../persistence/sign-in-flows.js';
import { addUserEvent } from '../persistence/user-events.js';
import { findUserByEmail, insertUser, lockUser, type StoredUser } from '../persistence/users.js';
import { originOf } from '../users/caller.js';
import { NewAccounts } from '../users/new-accounts.js';
import { Sessions, type OpenedSession } from '../users/sessions.js';
import { SignInThrottle } from '../users/sign-in-throttle.js';
import { SignUpPolicy } from '../users/sign-up-policy.js';
import { claimAccount } from './claim-account.js';
import { hashOf } from './secrets-of-flow.js';
import { SignInProviders } from './sign-in-providers.js';

/** For signing in to the existing account, and linking it. */
const LINK_SECONDS = 10 * 60;
/** Somebody else may create the account at the same moment; the next attempt finds it. */
const ATTEMPTS = 3;

@Controller()
export class ProviderSignInController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly providers: SignInProviders,
    private readonly throttle: SignInThrottle,
    private readonly sessions: Sessions,
    private readonly accounts: NewAccounts,
    private readonly policy: SignUpPolicy,
  ) {}

  /** One transaction, so that the code still works when the node dies in between. */
  @Operation(identitiesOperations.finishProviderSignIn)
  async finishProviderSignIn(
    { provider, flow, code }: InputOf<typeof identitiesOperations.finishProviderSignIn>,
    caller: PublicContext,
  ): Promise<Tokens> {
    this.providers.require(provider);
    const attempt = await this.throttle.attemptVisit(caller.address);
    const outcome = await this.database.transaction(async (on) => {
      const proven = await lockProven(on, { provider, flowHash: hashOf(flow), codeHash: hashOf(code) });
      if (!proven) throw authErrors.sign_in_invalid();
      on.afterCommit(() => this.signal.wake());
      return this.decide(on, caller, provider, proven);
    });
    // A refusal uses the code up as well: it must be committed.
    if (outcome instanceof DomainError) throw outcome;
    await attempt.giveBack();
    return this.sessions.tokensOf(outcome);
  }

  private async decide(
    on: Executor,
    caller: PublicContext,
    provider: string,
    proven: ProvenFlow,
  ): Promise<OpenedSession | DomainError> {
    const user = await this.userOf(on, caller, provider, proven);
    if (user instanceof DomainError && user.code === authErrors.link_required.code)
      await keepForLinking(on, proven.id, LINK_SECONDS);
    else await deleteFlow(on, proven.id);
    return user instanceof DomainError ? user : this.sessions.open(on, caller, user, provider);
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
      // The user first, then the identity: every change of a user takes the locks in this order.
      const linked = known && (await lockUser(on, known.user_id));
      if (linked && linked.disabled_at !== null) return authErrors.account_disabled();
      if (linked && (await useIdentity(on, known.id, email_verified ? email : null))) return linked;
      if (!email_verified || email === null) return authErrors.provider_email_not_verified();
      const account = await findUserByEmail(on, email);
      const user = account
        ? await this.claim(on, caller, account, proven)
        : await this.create(on, caller, { ...proven, email });
      if (user instanceof DomainError) return user;
      if (user && (await insertIdentity(on, { userId: user.id, provider, issuer, subject, email }))) {
        await addUserEvent(on, originOf(caller), { event: 'identity_linked', user, provider });
        return user;
      }
    }
    return authErrors.sign_in_invalid();
  }

  /** A proof from a provider alone never opens an account whose address is verified. */
  private async claim(
    on: Executor,
    caller: PublicContext,
    { id }: StoredUser,
    { issuer, subject, name }: Proven,
  ): Promise<StoredUser | DomainError | undefined> {
    const account = await lockUser(on, id);
    if (!account) return undefined;
    if (account.disabled_at !== null) return authErrors.account_disabled();
    if (account.email_verified_at !== null) {
      // The same person may have linked it just now, elsewhere.
      return (await findIdentity(on, issuer, subject)) ? undefined : authErrors.link_required();
    }
    return claimAccount(on, caller, account, name ?? localPartOf(account.email));
  }

  /** @returns undefined where somebody has just created the account. */
  private async create(
    on: Executor,
    caller: PublicContext,
    { email, name }: Proven & { email: string },
  ): Promise<StoredUser | DomainError | undefined> {
    if (!this.policy.isOpen) return authErrors.sign_up_disabled();
    const user = await insertUser(on, {
      email,
      name: name ?? localPartOf(email),
      timezone: 'UTC',
      passwordHash: null,
      verified: true,
    });
    if (user) await this.accounts.welcome(on, caller, user);
    return user;
  }
}

/** At most 64 characters. */
function localPartOf(email: string): string {
  return email.slice(0, email.lastIndexOf('@'));
}
