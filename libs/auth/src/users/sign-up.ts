// Signing up: an account that nobody can use until its address is proven, and a workspace of its own.
import { DomainError, type PublicContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { EmailAddress, LinkToken, SignUp as SignUpInput } from '../../contract/index.js';
import { dropEmailTokens } from '../persistence/email-tokens.js';
import { insertMember } from '../persistence/members.js';
import { tell } from '../persistence/user-events.js';
import {
  dropUnprovenPassword,
  emailKey,
  findUserByEmail,
  insertUser,
  lockUser,
  markVerified,
  type StoredUser,
} from '../persistence/users.js';
import { insertWorkspace } from '../persistence/workspaces.js';
import { evenly } from './evenly.js';
import { originOf, type UsersParts } from './users-parts.js';

export class SignUp {
  constructor(private readonly parts: UsersParts) {}

  /** The same work and the same answer whether the address is known or not. */
  async signUp(caller: PublicContext, { email, password, name, timezone = 'UTC' }: SignUpInput): Promise<void> {
    const { database, passwords, throttle, signUpEnabled, evenMs } = this.parts;
    if (!signUpEnabled) {
      throw new DomainError('forbidden', 'sign_up_disabled', 'Nobody can sign up here: ask who runs the service.');
    }
    const isSent = await throttle.attemptMail(emailKey(email), caller.address);
    const passwordHash = await passwords.hash(password);
    await evenly(evenMs, () =>
      database.transaction(async (on) => {
        if (!isSent) return;
        const made = await insertUser(on, { email, name, timezone, passwordHash, verified: false });
        if (made) {
          await this.welcome(on, caller, made);
          await this.askToVerify(on, caller, made);
        } else {
          await this.tellOwner(on, caller, email);
        }
        on.afterCommit(() => this.parts.signal.wake());
      }),
    );
  }

  async verifyEmail(caller: PublicContext, { token }: LinkToken): Promise<void> {
    const { database, links, signal } = this.parts;
    await database.transaction(async (on) => {
      const { user_id, address } = await links.consume(on, 'verify', token);
      const user = await markVerified(on, user_id, address);
      if (!user) return;
      await tell(on, originOf(caller), { event: 'email_verified', user });
      on.afterCommit(() => signal.wake());
    });
  }

  async resendVerification(caller: PublicContext, { email }: EmailAddress): Promise<void> {
    const { database, throttle, signal, evenMs } = this.parts;
    const isSent = await throttle.attemptMail(emailKey(email), caller.address);
    await evenly(evenMs, () =>
      database.transaction(async (on) => {
        if (!isSent) return;
        const user = await findUserByEmail(on, email);
        if (!user || user.email_verified_at !== null) return;
        if (user.password_hash === null) await this.askForPassword(on, caller, user, 'password_reset_requested');
        else await this.askToVerify(on, caller, user);
        on.afterCommit(() => signal.wake());
      }),
    );
  }

  /** A workspace of their own. */
  async welcome(on: Executor, caller: PublicContext, user: StoredUser): Promise<void> {
    const doer = { principal: { kind: 'user', id: user.id }, ...originOf(caller) } as const;
    const personal = await insertWorkspace(on, doer, { name: user.name, timezone: user.timezone });
    await insertMember(on, doer, { workspaceId: personal.id, userId: user.id }, 'owner');
    await tell(on, originOf(caller), { event: 'user_created', user, byStranger: true });
  }

  private async askToVerify(on: Executor, caller: PublicContext, user: StoredUser): Promise<void> {
    const token_id = await this.parts.links.make(on, 'verify', user.id, user.email);
    await tell(on, originOf(caller), { event: 'email_verification_requested', user, token_id, byStranger: true });
  }

  /** The link proves the address, too. */
  private async askForPassword(
    on: Executor,
    caller: PublicContext,
    user: StoredUser,
    event: 'sign_up_repeated' | 'password_reset_requested',
  ): Promise<void> {
    const token_id = await this.parts.links.make(on, 'reset', user.id, user.email);
    await tell(on, originOf(caller), { event, user, token_id, byStranger: true });
  }

  /**
   * Somebody signs up with an address that has an account. Its owner hears of it and can set a password by the link. Where
   * the address is not proven yet, two people may have claimed it: then no earlier link counts, nor the password that came
   * first, so that whoever reads the mails chooses the password, and not who signed up with an address that is not theirs.
   */
  private async tellOwner(on: Executor, caller: PublicContext, email: string): Promise<void> {
    const found = await findUserByEmail(on, email);
    const user = found && (await lockUser(on, found.id));
    if (!user) return;
    const unproven = await dropUnprovenPassword(on, user.id);
    if (user.email_verified_at === null) await dropEmailTokens(on, user.id, ['verify', 'reset']);
    await this.askForPassword(on, caller, unproven ?? user, 'sign_up_repeated');
  }
}
