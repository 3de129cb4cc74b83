// Another password: by the current one, or by a link to the address.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, InputOf, PublicContext } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import {
  accountsOperations,
  authErrors,
  invalidAccessToken,
  RememberedUsers,
  type Accepted,
} from '../../contract/index.js';
import { PasswordStrength } from '../passwords/password-strength.js';
import { Passwords } from '../passwords/passwords.js';
import { dropEmailTokens } from '../persistence/email-tokens.js';
import { revokePersonalTokens } from '../persistence/personal-tokens.js';
import { revokeSessions } from '../persistence/sessions.js';
import { addUserEvent } from '../persistence/user-events.js';
import { emailKey, findUserByEmail, lockUser, setPassword, setPasswordByLink } from '../persistence/users.js';
import { originOf, signedIn } from './caller.js';
import { EmailLinks } from './email-links.js';
import { EvenTime } from './even-time.js';
import { PasswordCheck, requireStill } from './password-check.js';
import { SignInThrottle } from './sign-in-throttle.js';

@Controller()
export class PasswordsController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly remembered: RememberedUsers,
    private readonly passwords: Passwords,
    private readonly strength: PasswordStrength,
    private readonly check: PasswordCheck,
    private readonly links: EmailLinks,
    private readonly throttle: SignInThrottle,
    private readonly evenTime: EvenTime,
  ) {}

  /** Ends all sessions but the caller's: the others may be of somebody who knew the old password. */
  @Operation(accountsOperations.changePassword)
  async changePassword(
    { current_password, new_password }: InputOf<typeof accountsOperations.changePassword>,
    context: CallContext,
  ): Promise<void> {
    const { userId, sessionId } = signedIn(context);
    const compared = await this.check.requirePassword(context, current_password, 'current_password');
    await this.strength.requireStrong(new_password, 'new_password', compared);
    const passwordHash = await this.passwords.hash(new_password);
    await this.database.transaction(async (on) => {
      requireStill(compared, await lockUser(on, userId));
      const user = await setPassword(on, userId, passwordHash);
      if (!user) throw invalidAccessToken();
      // Somebody who knew the old password may have requested another address, to come back by it.
      await dropEmailTokens(on, userId, ['reset', 'change_email']);
      await addUserEvent(on, originOf(context), { event: 'password_changed', user, session_id: sessionId });
      await revokeSessions(on, userId, sessionId);
      await revokePersonalTokens(on, userId);
      on.afterCommit(() => this.signal.wake());
    });
    this.remembered.forget(userId);
  }

  /** The same answer in the same time, with an account or without. */
  @Operation(accountsOperations.forgotPassword)
  async forgotPassword(
    { email }: InputOf<typeof accountsOperations.forgotPassword>,
    caller: PublicContext,
  ): Promise<Accepted> {
    const isSent = await this.throttle.attemptMail(emailKey(email), caller.address);
    await this.evenTime.run(() =>
      this.database.transaction(async (on) => {
        if (!isSent) return;
        const user = await findUserByEmail(on, email);
        if (!user || user.disabled_at !== null) return;
        const token_id = await this.links.make(on, 'reset', user.id, user.email);
        await addUserEvent(on, originOf(caller), {
          event: 'password_reset_requested',
          user,
          token_id,
          byStranger: true,
        });
        on.afterCommit(() => this.signal.wake());
      }),
    );
    return { status: 'accepted' };
  }

  /** Verifies the address, too, and ends all sessions and all other links to a new password or another address. */
  @Operation(accountsOperations.resetPassword)
  async resetPassword(
    { token, new_password }: InputOf<typeof accountsOperations.resetPassword>,
    caller: PublicContext,
  ): Promise<void> {
    // An invalid link is not worth a hash, and a valid one not many at once.
    const { address: account } = await this.links.requireValid('reset', token);
    await this.throttle.attemptByLink(emailKey(account));
    // The link still works afterwards.
    await this.strength.requireStrong(new_password, 'new_password', { email: account });
    const passwordHash = await this.passwords.hash(new_password);
    const userId = await this.database.transaction(async (on) => {
      const { user_id, address } = await this.links.consume(on, 'reset', token);
      const user = await setPasswordByLink(on, user_id, address, passwordHash);
      if (!user) throw authErrors.link_invalid();
      await dropEmailTokens(on, user_id, ['reset', 'verify', 'change_email']);
      await addUserEvent(on, originOf(caller), { event: 'password_reset', user });
      await revokeSessions(on, user_id);
      await revokePersonalTokens(on, user_id);
      on.afterCommit(() => this.signal.wake());
      return user_id;
    });
    this.remembered.forget(userId);
    await this.throttle.restart(emailKey(account), caller.address);
  }
}
