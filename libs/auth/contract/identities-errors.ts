// The stable error codes of signing in with a provider.
import { ConflictError, DomainError } from '@mono/contract';
import { USERS_ERROR_CODES } from './users-errors.js';

export const IDENTITIES_ERROR_CODES = {
  ...USERS_ERROR_CODES,
  provider_not_found: 404,
  identity_not_found: 404,
  /** The flow or the code: unknown, used, too old, or not of each other. Which of them is not told. */
  sign_in_invalid: 422,
  provider_email_not_verified: 403,
  /** Told only to who has proven the address: there is an account with it, which they have to sign in to first. */
  link_required: 409,
  identity_email_differs: 409,
  identity_taken: 409,
  /** Without it nothing would be left to sign in with. */
  last_way_to_sign_in: 409,
} as const;

export function signInInvalid(): DomainError {
  return new DomainError('invalid', 'sign_in_invalid', 'This sign-in is not valid, or not any more: begin anew.');
}

export function providerEmailNotVerified(): DomainError {
  const message = 'The provider does not vouch for your address: verify it there first.';
  return new DomainError('forbidden', 'provider_email_not_verified', message);
}

export function freshSignInRequired(): DomainError {
  const message = 'This needs a session that began within the last ten minutes: sign in again.';
  return new DomainError('forbidden', 'fresh_sign_in_required', message);
}

export function linkRequired(): ConflictError {
  const message =
    'There is an account with this address: sign in to it, and link the two by POST /v1/me/identities within ten minutes.';
  return new ConflictError('link_required', message);
}

export function signUpDisabled(): DomainError {
  return new DomainError('forbidden', 'sign_up_disabled', 'Nobody can sign up here: ask who runs the service.');
}
