// Sign-up: an account that nobody can use until its address is verified, with a workspace of its own.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { InputOf, PublicContext } from '@mono/contract';
import { Database, Operation, type Executor } from '@mono/platform';
import { accountsOperations, authErrors, type Accepted } from '../../contract/index.js';
import { PasswordStrength } from '../passwords/password-strength.js';
import { Passwords } from '../passwords/passwords.js';
import { dropEmailTokens } from '../persistence/email-tokens.js';
import { addUserEvent } from '../persistence/user-events.js';
import {
  dropUnprovenPassword,
  emailKey,
  findUserByEmail,
  insertUser,
  lockUser,
  markVerified,
  type StoredUser,
} from '../persistence/users.js';
import { originOf } from './caller.js';
import { EmailLinks } from './email-links.js';
import { EvenTime } from './even-time.js';
import { NewAccounts } from './new-accounts.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { SignUpPolicy } from './sign-up-policy.js';

@Controller()
export class SignUpController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly passwords: Passwords,
    private readonly strength: PasswordStrength,
    private readonly links: EmailLinks,
    private readonly throttle: SignInThrottle,
    private readonly accounts: NewAccounts,
    private readonly evenTime: EvenTime,
    private readonly policy: SignUpPolicy,
  ) {}

  /** The same work and the same answer whether the address is known or not. */
  @Operation(accountsOperations.signUp)
  async signUp(input: InputOf<typeof accountsOperations.signUp>, caller: PublicContext): Promise<Accepted> {
    const { email, password, name, timezone = 'UTC' } = input;
    if (!this.policy.isOpen) throw authErrors.sign_up_disabled();
    await this.strength.requireStrong(password, 'password', { email, name });
    const isSent = await this.throttle.attemptMail(emailKey(email), caller.address);
    const passwordHash = await this.passwords.hash(password);
    await this.evenTime.run(() =>
      this.database.transaction(async (on) => {
        if (!isSent) return;
        const created = await insertUser(on, { email, name, timezone, passwordHash, verified: false });
        if (created) {
          await this.accounts.welcome(on, caller, created);
          await this.requestVerification(on, caller, created);
        } else {
          await this.notifyOwner(on, caller, email);
        }
        on.afterCommit(() => this.signal.wake());
      }),
    );
    return { status: 'accepted' };
  }

  @Operation(accountsOperations.verifyEmail)
  async verifyEmail({ token }: InputOf<typeof accountsOperations.verifyEmail>, caller: PublicContext): Promise<void> {
    await this.database.transaction(async (on) => {
      const { user_id, address } = await this.links.consume(on, 'verify', token);
      const user = await markVerified(on, user_id, address);
      if (!user) return;
      await addUserEvent(on, originOf(caller), { event: 'email_verified', user });
      on.afterCommit(() => this.signal.wake());
    });
  }

  @Operation(accountsOperations.resendVerification)
  async resendVerification(
    { email }: InputOf<typeof accountsOperations.resendVerification>,
    caller: PublicContext,
  ): Promise<Accepted> {
    const isSent = await this.throttle.attemptMail(emailKey(email), caller.address);
    await this.evenTime.run(() =>
      this.database.transaction(async (on) => {
        if (!isSent) return;
        const user = await findUserByEmail(on, email);
        if (!user || user.email_verified_at !== null || user.disabled_at !== null) return;
        if (user.password_hash === null) await this.requestPassword(on, caller, user, 'password_reset_requested');
        else await this.requestVerification(on, caller, user);
        on.afterCommit(() => this.signal.wake());
      }),
    );
    return { status: 'accepted' };
  }

  private async requestVerification(on: Executor, caller: PublicContext, user: StoredUser): Promise<void> {
    const token_id = await this.links.make(on, 'verify', user.id, user.email);
    await addUserEvent(on, originOf(caller), {
      event: 'email_verification_requested',
      user,
      token_id,
      byStranger: true,
    });
  }

  /** The link verifies the address, too. */
  private async requestPassword(
    on: Executor,
    caller: PublicContext,
    user: StoredUser,
    event: 'sign_up_repeated' | 'password_reset_requested',
  ): Promise<void> {
    const token_id = await this.links.make(on, 'reset', user.id, user.email);
    await addUserEvent(on, originOf(caller), { event, user, token_id, byStranger: true });
  }

  /**
   * The address has an account already: its owner gets a mail with a link to set a password. While the address is not verified, two
   * people may have claimed it. Earlier links and the first password then stop working, so that the reader of the mails chooses it.
   */
  private async notifyOwner(on: Executor, caller: PublicContext, email: string): Promise<void> {
    const found = await findUserByEmail(on, email);
    const user = found && (await lockUser(on, found.id));
    if (!user || user.disabled_at !== null) return;
    const unproven = await dropUnprovenPassword(on, user.id);
    if (user.email_verified_at === null) await dropEmailTokens(on, user.id, ['verify', 'reset']);
    await this.requestPassword(on, caller, unproven ?? user, 'sign_up_repeated');
  }
}
