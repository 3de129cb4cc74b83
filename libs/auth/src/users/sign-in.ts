// Signing in and out: a session, its access tokens, and refresh tokens that are good for one use each.
import { createHash, randomBytes } from 'node:crypto';
import { DomainError, type CallContext, type PublicContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import {
  invalidCredentials,
  refreshTokenRefused,
  type RefreshToken,
  type SignIn as SignInInput,
  type Tokens,
} from '../../contract/index.js';
import { TOKEN_LIFETIME_SECONDS } from '../access/signing-keys.js';
import {
  insertSession,
  REFRESH_LIFETIME_SECONDS,
  revokeSession,
  revokeSessions,
  revokeSurplus,
  consumeRefreshToken,
} from '../persistence/sessions.js';
import { tell, tellRefusal } from '../persistence/user-events.js';
import { emailKey, findUser, findUserByEmail, stillHasPassword, type StoredUser } from '../persistence/users.js';
import type { Device } from './devices.js';
import { originOf, signedIn, type SignedIn, type UsersParts } from './users-parts.js';

const REFRESH_BYTES = 32;

export interface OpenedSession {
  subject: SignedIn;
  refreshToken: string;
}

export class SignIn {
  constructor(private readonly parts: UsersParts) {}

  /** One hash is computed whether there is such an account or not, and whatever became of it. */
  async signIn(caller: PublicContext, { email, password, device_token }: SignInInput): Promise<Tokens> {
    const { database, passwords, throttle } = this.parts;
    const device = device_token === undefined ? undefined : await this.deviceOf(email, device_token);
    const attempt = await throttle.attempt(emailKey(email), caller.address, device);
    const user = await findUserByEmail(database, email);
    const matches = await passwords.matches(password, user?.password_hash);
    if (!user || !matches) throw await this.refusal(caller, user?.id);
    await attempt.giveBack();
    if (user.email_verified_at === null) {
      throw new DomainError(
        'forbidden',
        'email_not_verified',
        'Follow the link in the mail first: it proves the address.',
      );
    }
    return this.begin(caller, user);
  }

  /** @returns undefined unless this account has signed in there: whose password somebody tries is what counts. */
  private async deviceOf(email: string, token: string): Promise<Device | undefined> {
    const device = this.parts.devices.read(token);
    const user = device && (await findUserByEmail(this.parts.database, email));
    return user?.id === device?.userId ? device : undefined;
  }

  /** The same work whether there is such an account or not. */
  private async refusal(caller: PublicContext, userId: string | undefined): Promise<DomainError> {
    const { database, signal } = this.parts;
    await tellRefusal(database, originOf(caller), userId);
    signal.wake();
    return invalidCredentials();
  }

  async refresh(caller: PublicContext, { refresh_token }: RefreshToken): Promise<Tokens> {
    const { database, remembered, signal } = this.parts;
    const next = makeRefreshToken();
    const { renewed, reused } = await database.transaction(async (on) => {
      const outcome = await consumeRefreshToken(on, hashOf(refresh_token), hashOf(next), caller);
      const user = outcome.reused && (await findUser(on, outcome.reused.user_id));
      if (outcome.reused && user) {
        const { session_id } = outcome.reused;
        await tell(on, originOf(caller), { event: 'refresh_token_reused', user, session_id, byStranger: true });
        on.afterCommit(() => signal.wake());
      }
      return outcome;
    });
    if (reused) remembered.forget(reused.user_id);
    if (!renewed) throw refreshTokenRefused();
    return this.tokensOf({ userId: renewed.user_id, sessionId: renewed.session_id }, next);
  }

  async signOut(context: CallContext): Promise<void> {
    const { sessionId } = signedIn(context);
    await this.end(context, sessionId);
  }

  /** @returns whether there was such a living session of the caller's. */
  async end(context: CallContext, sessionId: string): Promise<boolean> {
    const { database, remembered, signal } = this.parts;
    const { userId } = signedIn(context);
    const ended = await database.transaction(async (on) => {
      const user = await findUser(on, userId);
      if (!user || !(await revokeSession(on, userId, sessionId))) return false;
      await tell(on, originOf(context), { event: 'signed_out', user, session_id: sessionId });
      on.afterCommit(() => signal.wake());
      return true;
    });
    remembered.forget(userId);
    return ended;
  }

  async signOutAll(context: CallContext): Promise<void> {
    const { database, remembered, signal } = this.parts;
    const { userId } = signedIn(context);
    await database.transaction(async (on) => {
      await revokeSessions(on, userId);
      const user = await findUser(on, userId);
      if (user) await tell(on, originOf(context), { event: 'signed_out', user });
      on.afterCommit(() => signal.wake());
    });
    remembered.forget(userId);
  }

  private async begin(caller: PublicContext, user: StoredUser): Promise<Tokens> {
    const { subject, refreshToken } = await this.parts.database.transaction(async (on) => {
      // A password that is changed at this moment must not open a session behind those that its change has ended.
      if (!(await stillHasPassword(on, user))) throw invalidCredentials();
      return this.open(on, caller, user);
    });
    return this.tokensOf(subject, refreshToken);
  }

  /**
   * In the transaction in which nobody else can change how the user signs in.
   * @param provider with which the user has signed in; undefined: by password.
   */
  async open(on: Executor, caller: PublicContext, user: StoredUser, provider?: string): Promise<OpenedSession> {
    const refreshToken = makeRefreshToken();
    const { id, newDevice } = await insertSession(on, user.id, hashOf(refreshToken), caller);
    await revokeSurplus(on, user.id);
    const facts = { session_id: id, new_device: newDevice, ...(provider === undefined ? {} : { provider }) };
    await tell(on, originOf(caller), { event: 'signed_in', user, ...facts });
    on.afterCommit(() => this.parts.signal.wake());
    return { subject: { userId: user.id, sessionId: id }, refreshToken };
  }

  async tokensOf(subject: SignedIn, refreshToken: string): Promise<Tokens> {
    return {
      access_token: await this.parts.tokens.issue(subject),
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME_SECONDS,
      refresh_token: refreshToken,
      refresh_expires_in: REFRESH_LIFETIME_SECONDS,
      device_token: this.parts.devices.tokenOf(subject),
    };
  }
}

function makeRefreshToken(): string {
  return randomBytes(REFRESH_BYTES).toString('base64url');
}

/** It has 256 random bits, so a slow hash would add nothing. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
