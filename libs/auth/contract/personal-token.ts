// The form of a personal access token: mono_pat_<env>_<12 hex: its public short id>_<43 base64url: a secret of 256 bits>.
import { randomBytes } from 'node:crypto';
import { hashSecret, type ApiKeyCredential } from './api-key.js';

/** The whole form, as a pattern. No API key has it. */
export const PERSONAL_TOKEN_FORM = /^mono_pat_([a-z]{2,8})_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** @returns undefined when the text has not the form of a token. */
export function parsePersonalToken(text: string): ApiKeyCredential | undefined {
  const [, environment, shortId, secret] = PERSONAL_TOKEN_FORM.exec(text) ?? [];
  if (environment === undefined || shortId === undefined || secret === undefined) return undefined;
  return { environment, shortId, secretHash: hashSecret(secret) };
}

/** A new token, in the only form in which it is ever shown. */
export function makePersonalToken(environment: string): string {
  return `mono_pat_${environment}_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`;
}
