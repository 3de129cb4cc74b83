// Another address: it counts once the link that was sent there has been followed, and the old one hears of it.
import type { CallContext, PublicContext } from '@mono/contract';
import { violatedConstraint } from '@mono/platform';
import { linkInvalid, type ChangeEmail as ChangeEmailInput, type LinkToken } from '../../contract/index.js';
import { dropEmailTokens } from '../persistence/email-tokens.js';
import { tell } from '../persistence/user-events.js';
import { findUserByEmail, lockUser, setEmail } from '../persistence/users.js';
import { requireStill, type ChangePassword } from './change-password.js';
import { evenly } from './evenly.js';
import { originOf, type UsersParts } from './users-parts.js';

export class ChangeEmail {
  constructor(
    private readonly parts: UsersParts,
    private readonly passwords: Pick<ChangePassword, 'requirePassword'>,
  ) {}

  /** Nothing is sent to an address that has an account already; the answer does not tell. */
  async request(context: CallContext, { new_email, password }: ChangeEmailInput): Promise<void> {
    const { database, links, signal, evenMs } = this.parts;
    const user = await this.passwords.requirePassword(context, password);
    await evenly(evenMs, () =>
      database.transaction(async (on) => {
        requireStill(user, await lockUser(on, user.id));
        const other = await findUserByEmail(on, new_email);
        if (other && other.id !== user.id) return;
        await dropEmailTokens(on, user.id, ['change_email']);
        const token_id = await links.make(on, 'change_email', user.id, new_email);
        await tell(on, originOf(context), { event: 'email_change_requested', user, token_id });
        on.afterCommit(() => signal.wake());
      }),
    );
  }

  async confirm(caller: PublicContext, { token }: LinkToken): Promise<void> {
    const { database, links, signal } = this.parts;
    const confirmed = database.transaction(async (on) => {
      const { user_id, address } = await links.consume(on, 'change_email', token);
      const before = await lockUser(on, user_id);
      const user = before && (await setEmail(on, user_id, address));
      if (!user) throw linkInvalid();
      // Links that prove the old address prove nothing any more.
      await dropEmailTokens(on, user_id, ['verify', 'reset', 'change_email']);
      const token_id = await links.make(on, 'notice', user_id, before.email);
      await tell(on, originOf(caller), { event: 'email_changed', user, token_id });
      on.afterCommit(() => signal.wake());
    });
    await confirmed.catch((error: unknown) => {
      // Somebody has signed up with the address meanwhile.
      throw violatedConstraint(error) === 'user_email_key' ? linkInvalid() : error;
    });
  }
}
