// Devices that a user has signed in on. The token of a device grants no access; it gives its attempts a limit apart from strangers.
// Nothing is stored.
import { timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK } from '../clock.js';
import { SecretKeys } from '../secrets/secret-keys.js';

/** The user and the session that the token came with. */
export interface Device {
  userId: string;
  sessionId: string;
}

/** Renewed with each sign-in and each refresh. */
const LIFETIME_MS = 180 * 24 * 60 * 60 * 1_000;
/** <user>.<session>.<milliseconds since 1970>.<256 bits, base64url> */
const TOKEN = /^([0-9a-f-]{36})\.([0-9a-f-]{36})\.(\d{1,15})\.([\w-]{43})$/;

@Injectable()
export class Devices {
  constructor(
    private readonly secrets: SecretKeys,
    @Inject(CLOCK) private readonly now: () => number,
  ) {}

  /** Each token of one session is the same device. */
  tokenOf({ userId, sessionId }: Device): string {
    const said = `${userId}.${sessionId}.${this.now()}`;
    const [mac = Buffer.alloc(0)] = this.secrets.macs('device', said);
    return `${said}.${mac.toString('base64url')}`;
  }

  /** @returns undefined for an invalid or expired token. */
  read(token: string): Device | undefined {
    const [, userId, sessionId, issuedAt, mac] = TOKEN.exec(token) ?? [];
    if (userId === undefined || sessionId === undefined || mac === undefined) return undefined;
    if (Number(issuedAt) + LIFETIME_MS <= this.now()) return undefined;
    const sent = Buffer.from(mac, 'base64url');
    const isOurs = this.secrets
      .macs('device', `${userId}.${sessionId}.${issuedAt}`)
      .some((own) => own.length === sent.length && timingSafeEqual(own, sent));
    return isOurs ? { userId, sessionId } : undefined;
  }
}
