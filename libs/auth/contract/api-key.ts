// The form of an API key: mono_<env>_<12 hex: its public short id>_<43 base64url: a secret of 256 bits>.
import { hash, randomBytes } from 'node:crypto';
import type { Principal } from '@mono/contract';

/** The whole form, as a pattern. */
export const API_KEY_FORM = /^mono_([a-z]{2,8})_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** The parts of a key. */
export interface ApiKeyCredential {
  environment: string;
  shortId: string;
  /** SHA-256 of the secret. The secret has 256 random bits, so a slow hash would add nothing. */
  secretHash: Buffer;
}

/** @returns undefined when the text has not the form of a key. */
export function parseApiKey(text: string): ApiKeyCredential | undefined {
  const [, environment, shortId, secret] = API_KEY_FORM.exec(text) ?? [];
  if (environment === undefined || shortId === undefined || secret === undefined) return undefined;
  return { environment, shortId, secretHash: hashSecret(secret) };
}

export function hashSecret(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

/** A new key, in the only form in which it is ever shown. */
export function makeApiKey(environment: string): string {
  return `mono_${environment}_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`;
}

/** The verdict on a valid key. */
export interface ApiKeyVerdict {
  principal: Principal;
  /** The CIDR ranges that it may be used from; null: anywhere. */
  allowedIps: readonly string[] | null;
  /** When it ends, in milliseconds since 1970; null: never. */
  expiresAt: number | null;
}
