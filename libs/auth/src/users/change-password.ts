// Another password: by the one that is known, or by a link to the address where it was forgotten.
import { InvalidInputError, type CallContext, type PublicContext } from '@mono/contract';
import {
  accessTokenRefused,
  linkInvalid,
  wrongPassword,
  type ChangePassword as ChangePasswordInput,
  type EmailAddress,
  type ResetPassword,
} from '../../contract/index.js';
import { dropEmailTokens } from '../persistence/email-tokens.js';
import { revokeSessions } from '../persistence/sessions.js';
import { tell, tellRefusal } from '../persistence/user-events.js';
import {
  emailKey,
  findUser,
  findUserByEmail,
  lockUser,
  setPassword,
  setPasswordByLink,
  type StoredUser,
} from '../persistence/users.js';
import { evenly } from './evenly.js';
import { requireFreshSignIn } from './fresh-sign-in.js';
import { originOf, signedIn, type UsersParts } from './users-parts.js';

export class ChangePassword {
  constructor(private readonly parts: UsersParts) {}

  /** Whoever knew the old one is signed out; who changes it stays. */
  async change(context: CallContext, { current_password, new_password }: ChangePasswordInput): Promise<void> {
    const { database, passwords, remembered, signal } = this.parts;
    const { userId, sessionId } = signedIn(context);
    const compared = await this.requirePassword(context, current_password, 'current_password');
    const passwordHash = await passwords.hash(new_password);
    await database.transaction(async (on) => {
      requireStill(compared, await lockUser(on, userId));
      const user = await setPassword(on, userId, passwordHash);
      if (!user) throw accessTokenRefused();
      // Whoever knew the old one may have asked for another address, to come back by.
      await dropEmailTokens(on, userId, ['reset', 'change_email']);
      await tell(on, originOf(context), { event: 'password_changed', user, session_id: sessionId });
      await revokeSessions(on, userId, sessionId);
      on.afterCommit(() => signal.wake());
    });
    remembered.forget(userId);
  }

  /** The same answer in the same time whether there is such an account or not. */
  async forgot(caller: PublicContext, { email }: EmailAddress): Promise<void> {
    const { database, links, throttle, signal, evenMs } = this.parts;
    const isSent = await throttle.attemptMail(emailKey(email), caller.address);
    await evenly(evenMs, () =>
      database.transaction(async (on) => {
        if (!isSent) return;
        const user = await findUserByEmail(on, email);
        if (!user) return;
        const token_id = await links.make(on, 'reset', user.id, user.email);
        await tell(on, originOf(caller), { event: 'password_reset_requested', user, token_id, byStranger: true });
        on.afterCommit(() => signal.wake());
      }),
    );
  }

  /** Proves the address as well, and ends all sessions and all other links to a new password or another address. */
  async reset(caller: PublicContext, { token, new_password }: ResetPassword): Promise<void> {
    const { database, links, passwords, remembered, signal, throttle } = this.parts;
    // What does not hold is not worth a hash; what holds is not worth many at once.
    const { address: account } = await links.demand('reset', token);
    await throttle.attemptByLink(emailKey(account));
    const passwordHash = await passwords.hash(new_password);
    const userId = await database.transaction(async (on) => {
      const { user_id, address } = await links.consume(on, 'reset', token);
      const user = await setPasswordByLink(on, user_id, address, passwordHash);
      if (!user) throw linkInvalid();
      await dropEmailTokens(on, user_id, ['reset', 'verify', 'change_email']);
      await tell(on, originOf(caller), { event: 'password_reset', user });
      await revokeSessions(on, user_id);
      on.afterCommit(() => signal.wake());
      return user_id;
    });
    remembered.forget(userId);
    await throttle.restart(emailKey(account), caller.address);
  }

  /**
   * Who is signed in shows once more that they are the user: by the password or, where there is none, by a fresh session.
   * @param field in which the password was sent.
   * @throws DomainError `wrong_password`, `fresh_sign_in_required`, `validation_error`, `rate_limited`.
   */
  async requirePassword(context: CallContext, password?: string, field = 'password'): Promise<StoredUser> {
    const { database, passwords, throttle, signal } = this.parts;
    const { userId, sessionId } = signedIn(context);
    const user = await findUser(database, userId);
    if (!user) throw accessTokenRefused();
    if (user.password_hash === null) {
      await requireFreshSignIn(database, userId, sessionId);
      return user;
    }
    if (password === undefined) throw new InvalidInputError([{ field, issue: 'must be given' }]);
    await throttle.attemptBySession(user.id);
    if (await passwords.matches(password, user.password_hash)) return user;
    await tellRefusal(database, originOf(context), user.id);
    signal.wake();
    throw wrongPassword();
  }
}

/** What was compared before the row was locked counts only while it is true. @throws DomainError `wrong_password`. */
export function requireStill(compared: StoredUser, locked: StoredUser | undefined): asserts locked is StoredUser {
  if (locked?.password_hash !== compared.password_hash) throw wrongPassword();
}
