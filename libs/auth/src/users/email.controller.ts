// Another address: it replaces the old one by the link that was sent there, and the old one gets a notice.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, InputOf, PublicContext } from '@mono/contract';
import { Database, Operation, violatedConstraint } from '@mono/platform';
import { accountsOperations, authErrors, type Accepted } from '../../contract/index.js';
import { dropEmailTokens } from '../persistence/email-tokens.js';
import { addUserEvent } from '../persistence/user-events.js';
import { findUserByEmail, lockUser, setEmail } from '../persistence/users.js';
import { originOf } from './caller.js';
import { EmailLinks } from './email-links.js';
import { EvenTime } from './even-time.js';
import { PasswordCheck, requireStill } from './password-check.js';

@Controller()
export class EmailController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly check: PasswordCheck,
    private readonly links: EmailLinks,
    private readonly evenTime: EvenTime,
  ) {}

  /** Sends nothing to an address that has an account already; the answer does not say so. */
  @Operation(accountsOperations.changeEmail)
  async changeEmail(
    { new_email, password }: InputOf<typeof accountsOperations.changeEmail>,
    context: CallContext,
  ): Promise<Accepted> {
    const user = await this.check.requirePassword(context, password);
    await this.evenTime.run(() =>
      this.database.transaction(async (on) => {
        requireStill(user, await lockUser(on, user.id));
        const other = await findUserByEmail(on, new_email);
        if (other && other.id !== user.id) return;
        await dropEmailTokens(on, user.id, ['change_email']);
        const token_id = await this.links.make(on, 'change_email', user.id, new_email);
        await addUserEvent(on, originOf(context), { event: 'email_change_requested', user, token_id });
        on.afterCommit(() => this.signal.wake());
      }),
    );
    return { status: 'accepted' };
  }

  @Operation(accountsOperations.confirmEmailChange)
  async confirmEmailChange(
    { token }: InputOf<typeof accountsOperations.confirmEmailChange>,
    caller: PublicContext,
  ): Promise<void> {
    const confirmed = this.database.transaction(async (on) => {
      const { user_id, address } = await this.links.consume(on, 'change_email', token);
      const before = await lockUser(on, user_id);
      const user = before && (await setEmail(on, user_id, address));
      if (!user) throw authErrors.link_invalid();
      // Links to the old address no longer prove anything.
      await dropEmailTokens(on, user_id, ['verify', 'reset', 'change_email']);
      const token_id = await this.links.make(on, 'notice', user_id, before.email);
      await addUserEvent(on, originOf(caller), { event: 'email_changed', user, token_id });
      on.afterCommit(() => this.signal.wake());
    });
    await confirmed.catch((error: unknown) => {
      // Somebody has signed up with the address in the meantime.
      throw violatedConstraint(error) === 'user_email_key' ? authErrors.link_invalid() : error;
    });
  }
}
