// Sign-in by password, and sign-out.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, DomainError, InputOf, PublicContext } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import {
  accountsOperations,
  authErrors,
  invalidRefreshToken,
  RememberedUsers,
  type Tokens,
} from '../../contract/index.js';
import { Passwords } from '../passwords/passwords.js';
import { consumeRefreshToken, revokeSessions } from '../persistence/sessions.js';
import { addSignInRefusal, addUserEvent } from '../persistence/user-events.js';
import { emailKey, findUser, findUserByEmail, holdUserWithPassword, type StoredUser } from '../persistence/users.js';
import { originOf, signedIn } from './caller.js';
import { Devices, type Device } from './devices.js';
import { requireEnabled } from './end-access.js';
import { hashOf, makeRefreshToken, Sessions } from './sessions.js';
import { SignInThrottle } from './sign-in-throttle.js';

@Controller()
export class SignInController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly remembered: RememberedUsers,
    private readonly passwords: Passwords,
    private readonly throttle: SignInThrottle,
    private readonly devices: Devices,
    private readonly sessions: Sessions,
  ) {}

  /** Computes one hash, with an account or without, whatever the outcome. */
  @Operation(accountsOperations.signIn)
  async signIn(input: InputOf<typeof accountsOperations.signIn>, caller: PublicContext): Promise<Tokens> {
    const { email, password, device_token } = input;
    const device = device_token === undefined ? undefined : await this.deviceOf(email, device_token);
    const attempt = await this.throttle.attempt(emailKey(email), caller.address, device);
    const user = await findUserByEmail(this.database, email);
    const matches = await this.passwords.matches(password, user?.password_hash);
    if (!user || !matches) throw await this.refusal(caller, user?.id);
    await attempt.giveBack();
    requireEnabled(user);
    if (user.email_verified_at === null) throw authErrors.email_not_verified();
    return this.begin(caller, user);
  }

  /** @returns undefined for the device of another account: attempts count against the account whose password they try. */
  private async deviceOf(email: string, token: string): Promise<Device | undefined> {
    const device = this.devices.read(token);
    const user = device && (await findUserByEmail(this.database, email));
    return user?.id === device?.userId ? device : undefined;
  }

  /** The same work with an account or without. */
  private async refusal(caller: PublicContext, userId: string | undefined): Promise<DomainError> {
    await addSignInRefusal(this.database, originOf(caller), userId);
    this.signal.wake();
    return authErrors.invalid_credentials();
  }

  private async begin(caller: PublicContext, user: StoredUser): Promise<Tokens> {
    const opened = await this.database.transaction(async (on) => {
      // A password that is being changed must not open a session after the change has ended all others.
      const current = await holdUserWithPassword(on, user);
      if (!current) throw authErrors.invalid_credentials();
      return this.sessions.open(on, caller, current);
    });
    return this.sessions.tokensOf(opened);
  }

  @Operation(accountsOperations.refresh)
  async refresh({ refresh_token }: InputOf<typeof accountsOperations.refresh>, caller: PublicContext): Promise<Tokens> {
    const refreshToken = makeRefreshToken();
    const { renewed, reused } = await this.database.transaction(async (on) => {
      const outcome = await consumeRefreshToken(on, hashOf(refresh_token), hashOf(refreshToken), caller);
      const user = outcome.reused && (await findUser(on, outcome.reused.user_id));
      if (outcome.reused && user) {
        const { session_id } = outcome.reused;
        await addUserEvent(on, originOf(caller), { event: 'refresh_token_reused', user, session_id, byStranger: true });
        on.afterCommit(() => this.signal.wake());
      }
      return outcome;
    });
    if (reused) this.remembered.forget(reused.user_id);
    if (!renewed) throw invalidRefreshToken();
    const subject = { userId: renewed.user_id, sessionId: renewed.session_id };
    return this.sessions.tokensOf({ subject, refreshToken });
  }

  @Operation(accountsOperations.signOut)
  async signOut(_input: undefined, context: CallContext): Promise<void> {
    await this.sessions.end(context, signedIn(context).sessionId);
  }

  @Operation(accountsOperations.signOutAll)
  async signOutAll(_input: undefined, context: CallContext): Promise<void> {
    const { userId } = signedIn(context);
    await this.database.transaction(async (on) => {
      await revokeSessions(on, userId);
      const user = await findUser(on, userId);
      if (user) await addUserEvent(on, originOf(context), { event: 'signed_out', user });
      on.afterCommit(() => this.signal.wake());
    });
    this.remembered.forget(userId);
  }
}
