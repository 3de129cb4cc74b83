// Changes that ask for the password again, or for a recent session where there is no password.
import { Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { InvalidInputError, type CallContext } from '@mono/contract';
import { Database } from '@mono/platform';
import { authErrors, invalidAccessToken } from '../../contract/index.js';
import { Passwords } from '../passwords/passwords.js';
import { addSignInRefusal } from '../persistence/user-events.js';
import { findUser, type StoredUser } from '../persistence/users.js';
import { originOf, signedIn } from './caller.js';
import { requireFreshSignIn } from './fresh-sign-in.js';
import { SignInThrottle } from './sign-in-throttle.js';

@Injectable()
export class PasswordCheck {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly passwords: Passwords,
    private readonly throttle: SignInThrottle,
  ) {}

  /**
   * @param field that the password was sent in.
   * @throws DomainError `wrong_password`, `fresh_sign_in_required`, `validation_error`, `rate_limited`.
   */
  async requirePassword(context: CallContext, password?: string, field = 'password'): Promise<StoredUser> {
    const { userId, sessionId } = signedIn(context);
    const user = await findUser(this.database, userId);
    if (!user) throw invalidAccessToken();
    if (user.password_hash === null) {
      await requireFreshSignIn(this.database, userId, sessionId);
      return user;
    }
    if (password === undefined) throw new InvalidInputError([{ field, code: 'required', issue: 'must be given' }]);
    await this.throttle.attemptBySession(user.id);
    if (await this.passwords.matches(password, user.password_hash)) return user;
    await addSignInRefusal(this.database, originOf(context), user.id);
    this.signal.wake();
    throw authErrors.wrong_password();
  }
}

/** The password was compared before the row was locked: another one may be set since. @throws DomainError `wrong_password`. */
export function requireStill(compared: StoredUser, locked: StoredUser | undefined): asserts locked is StoredUser {
  if (locked?.password_hash !== compared.password_hash) throw authErrors.wrong_password();
}
