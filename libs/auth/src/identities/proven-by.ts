// Validates the claims of a provider about a person, which are untrusted input.
import { isEmailAddress, isStorableText } from '@mono/contract';
import type { Proven } from '../persistence/sign-in-flows.js';
import { ProviderRefusal } from './sign-in-provider.js';

/** OpenID Connect Core 1.0, section 2: at most 255 ASCII characters. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;
/** As of a user, in code points. */
const MAX_NAME_CHARACTERS = 100;

/** As they came. */
export interface Said {
  issuer: string;
  subject: unknown;
  email: unknown;
  emailVerified: unknown;
  name: unknown;
}

/** @throws ProviderRefusal for an invalid subject. */
export function provenBy({ issuer, subject, email, emailVerified, name }: Said): Proven {
  if (typeof subject !== 'string' || !SUBJECT.test(subject)) throw new ProviderRefusal('provider_refused');
  const address = isEmailAddress(email) ? email : null;
  return {
    issuer,
    subject,
    email: address,
    // Only the boolean counts: some providers send other types.
    email_verified: address !== null && emailVerified === true,
    name: nameOf(name),
  };
}

function nameOf(name: unknown): string | null {
  if (typeof name !== 'string' || !isStorableText(name)) return null;
  const clean = name.replaceAll(/\p{C}+/gu, ' ').trim();
  return clean === '' ? null : Array.from(clean).slice(0, MAX_NAME_CHARACTERS).join('').trim();
}
