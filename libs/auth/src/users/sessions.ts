// Sessions: their access tokens, and refresh tokens that work once each.
import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, PublicContext } from '@mono/contract';
import { Database, type Executor } from '@mono/platform';
import { RememberedUsers, type Tokens } from '../../contract/index.js';
import { AccessTokens } from '../access/access-tokens.js';
import { TOKEN_LIFETIME_SECONDS } from '../access/signing-keys.js';
import { insertSession, REFRESH_LIFETIME_SECONDS, revokeSession, revokeSurplus } from '../persistence/sessions.js';
import { addUserEvent } from '../persistence/user-events.js';
import { findUser, type StoredUser } from '../persistence/users.js';
import { originOf, signedIn, type SignedIn } from './caller.js';
import { Devices } from './devices.js';
import { requireEnabled } from './end-access.js';

const REFRESH_BYTES = 32;

export interface OpenedSession {
  subject: SignedIn;
  refreshToken: string;
}

@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    private readonly remembered: RememberedUsers,
    private readonly tokens: AccessTokens,
    private readonly devices: Devices,
  ) {}

  /**
   * Call it in a transaction that keeps others from changing how the user signs in.
   * @param provider of the sign-in; undefined: by password.
   * @throws DomainError `account_disabled`.
   */
  async open(on: Executor, caller: PublicContext, user: StoredUser, provider?: string): Promise<OpenedSession> {
    requireEnabled(user);
    const refreshToken = makeRefreshToken();
    const { id, newDevice } = await insertSession(on, user.id, hashOf(refreshToken), caller);
    await revokeSurplus(on, user.id);
    const facts = { session_id: id, new_device: newDevice, ...(provider === undefined ? {} : { provider }) };
    await addUserEvent(on, originOf(caller), { event: 'signed_in', user, ...facts });
    on.afterCommit(() => this.signal.wake());
    return { subject: { userId: user.id, sessionId: id }, refreshToken };
  }

  async tokensOf({ subject, refreshToken }: OpenedSession): Promise<Tokens> {
    return {
      access_token: await this.tokens.issue(subject),
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME_SECONDS,
      refresh_token: refreshToken,
      refresh_expires_in: REFRESH_LIFETIME_SECONDS,
      device_token: this.devices.tokenOf(subject),
    };
  }

  /** @returns whether the caller had this session. */
  async end(context: CallContext, sessionId: string): Promise<boolean> {
    const { userId } = signedIn(context);
    const ended = await this.database.transaction(async (on) => {
      const user = await findUser(on, userId);
      if (!user || !(await revokeSession(on, userId, sessionId))) return false;
      await addUserEvent(on, originOf(context), { event: 'signed_out', user, session_id: sessionId });
      on.afterCommit(() => this.signal.wake());
      return true;
    });
    this.remembered.forget(userId);
    return ended;
  }
}

export function makeRefreshToken(): string {
  return randomBytes(REFRESH_BYTES).toString('base64url');
}

/** A refresh token has 256 random bits, so a slow hash would add nothing. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
