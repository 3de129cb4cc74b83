// The errors of this module, beyond those that every module shares.
import { defineErrors, DomainError, notFound } from '@mono/contract/errors';

/** By one user. */
export const MAX_OWNED_WORKSPACES = 100;
/** Per user. */
export const MAX_PERSONAL_TOKENS = 100;

export const authErrors = defineErrors({
  workspace_not_found: notFound('workspace'),
  member_not_found: notFound('member'),
  invite_not_found: notFound('invite'),
  api_key_not_found: notFound('api key'),
  api_key_revoked: { status: 409, message: 'A revoked key stays revoked: create a new one.' },
  /** A workspace keeps an owner. */
  last_owner: {
    status: 409,
    message: (_details: { workspace_id: string }) =>
      'This is the only owner of the workspace: make another member owner first.',
  },
  /** The first start creates it, and users without another workspace join it. */
  default_workspace: { status: 409, message: 'The default workspace stays: delete its lists instead.' },
  already_member: {
    status: 409,
    message: (_details: { member_id: string }) => 'A member of the workspace has this address already.',
  },
  too_many_workspaces: {
    status: 409,
    message: `You own ${MAX_OWNED_WORKSPACES} workspaces, which is the limit.`,
  },
  /** The link is unknown, of another kind, used or expired: the answer does not say which. */
  link_invalid: { status: 422, message: 'The link is invalid or has expired: ask for a new one.' },

  user_not_found: notFound('user'),
  email_token_not_found: notFound('email token'),
  secret_already_shown: { status: 409, message: 'The answer to this request showed a secret and is not kept.' },
  session_not_found: notFound('session'),
  personal_token_not_found: notFound('personal token'),
  too_many_personal_tokens: {
    status: 409,
    message: `You have ${MAX_PERSONAL_TOKENS} personal access tokens, which is the limit: revoke one first.`,
  },
  email_in_use: { status: 409, message: 'A user has this address already: invite them instead.' },
  sign_up_disabled: { status: 403, message: 'Sign-up is disabled: ask the operator of the service for an account.' },
  /** The answer does not say which of the two is wrong, nor whether there is an account. */
  invalid_credentials: { status: 401, message: 'Address or password is wrong.' },
  /** Only callers who know the password get this one. */
  email_not_verified: { status: 403, message: 'The address is not verified: follow the link in the mail first.' },
  /** Only callers who have proven to be the user get this one. */
  account_disabled: { status: 403, message: 'The account is disabled: ask the operator of the service.' },
  /** For operators. */
  user_disabled: { status: 409, message: 'The user is disabled: enable the user first.' },
  /** A change asks for the password again. */
  wrong_password: { status: 403, message: 'The current password is wrong.' },
  /** Users without a password confirm a change by a recent session. */
  fresh_sign_in_required: {
    status: 403,
    message: 'This needs a session that began within the last ten minutes: sign in again.',
  },

  provider_not_found: notFound('provider'),
  identity_not_found: notFound('identity'),
  /** Flow or code is unknown, used, expired, or belongs to another: the answer does not say which. */
  sign_in_invalid: { status: 422, message: 'The sign-in is invalid or has expired: start again.' },
  provider_email_not_verified: {
    status: 403,
    message: 'The provider has not verified your address: verify it there first.',
  },
  /** Only callers who have proven the address get this one. */
  link_required: {
    status: 409,
    message:
      'An account has this address: sign in to it, then link the provider by POST /v1/me/identities within ten minutes.',
  },
  identity_email_differs: {
    status: 409,
    message: 'The address at the provider differs from the address of your account.',
  },
  identity_taken: { status: 409, message: 'Another account is linked to this identity.' },
  last_way_to_sign_in: { status: 409, message: 'This is your only way to sign in: set a password first.' },
});

/** The same message for every invalid access token. */
export function invalidAccessToken(): DomainError {
  const message = 'The access token is invalid or has expired: renew it by POST /v1/auth/refresh, or sign in.';
  return new DomainError('unauthorized', 'unauthorized', message);
}

export function invalidRefreshToken(): DomainError {
  return new DomainError('unauthorized', 'unauthorized', 'The refresh token is invalid or has expired: sign in.');
}
