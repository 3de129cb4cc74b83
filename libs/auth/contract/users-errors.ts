// The stable error codes about users, beyond those that every module shares.
import { DomainError } from '@mono/contract';
import { authErrors } from './auth.errors.js';

export const USERS_ERROR_CODES = {
  unauthorized: 401,
  /** Address or password is wrong; which of them, and whether there is such an account, is not told. */
  invalid_credentials: 401,
  /** Told only to who knows the password. */
  email_not_verified: 403,
  sign_up_disabled: 403,
  /** The password that a change asks for again. */
  wrong_password: 403,
  /** Where there is no password to ask for: the session has to have just begun. */
  fresh_sign_in_required: 403,
  session_not_found: 404,
  /** Somebody else has to become owner of the workspace first. */
  last_owner: 409,
  /** Unknown, of another kind, used or too old: which of them is not told. */
  link_invalid: 422,
} as const;

/** The same words for every access token that does not hold. */
export function accessTokenRefused(): DomainError {
  return new DomainError(
    'unauthorized',
    'unauthorized',
    'The access token is not valid, or not any more: renew it by POST /v1/auth/refresh, or sign in.',
  );
}

export function refreshTokenRefused(): DomainError {
  return new DomainError('unauthorized', 'unauthorized', 'The refresh token is not valid, or not any more: sign in.');
}

export function invalidCredentials(): DomainError {
  return new DomainError('unauthorized', 'invalid_credentials', 'Address or password is wrong.');
}

export function wrongPassword(): DomainError {
  return new DomainError('forbidden', 'wrong_password', 'The current password is another one.');
}

export function linkInvalid(): DomainError {
  return authErrors.link_invalid();
}
