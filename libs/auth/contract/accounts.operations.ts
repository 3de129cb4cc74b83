import { operations, post } from '@mono/contract';
import { authErrors } from './auth.errors.js';
import {
  Accepted,
  ChangeEmail,
  ChangePassword,
  EmailAddress,
  LinkToken,
  RefreshToken,
  ResetPassword,
  SET_PASSWORD_TIMEOUT_MS,
  SignIn,
  SignUp,
  Tokens,
} from './users.js';

/** Over NATS, the NATS user counts as the address of such a caller. */
const PUBLIC = { scope: 'anybody', route: 'local-first' } as const;
const ACCEPTED = { reply: Accepted, status: 202, answer: 'The same whether there is such an account or not.' } as const;

/** None takes `Idempotency-Key`: answers with secrets are not kept, and a repeat of the others does no harm. */
export const accountsOperations = operations(
  'auth',
  { tag: 'auth', errors: authErrors },
  {
    signUp: post('/v1/auth/sign-up', {
      ...PUBLIC,
      ...ACCEPTED,
      summary: 'Create an account with a workspace of its own',
      description: 'Sends a link by mail that verifies the address.',
      body: SignUp,
      errors: ['sign_up_disabled'],
      timeoutMs: SET_PASSWORD_TIMEOUT_MS,
    }),
    verifyEmail: post('/v1/auth/verify-email', {
      ...PUBLIC,
      summary: 'Verify an address by the token in the mail',
      description: 'The account can sign in once its address is verified. A link works once.',
      answer: 'The user can sign in.',
      body: LinkToken,
      errors: ['link_invalid'],
    }),
    resendVerification: post('/v1/auth/resend-verification', {
      ...PUBLIC,
      ...ACCEPTED,
      summary: 'Resend the link that verifies an address',
      description: 'The answer is the same whether or not the address has an account that is not verified.',
      body: EmailAddress,
    }),
    signIn: post('/v1/auth/sign-in', {
      ...PUBLIC,
      summary: 'Sign in with address and password',
      description:
        'Returns an access token, which is valid for some minutes, and a refresh token. Send the access token as `Authorization: Bearer <token>`; `X-Workspace` selects one of several workspaces.',
      answer: 'The tokens of a new session.',
      body: SignIn,
      reply: Tokens,
      errors: ['invalid_credentials', 'email_not_verified'],
    }),
    refresh: post('/v1/auth/refresh', {
      ...PUBLIC,
      summary: 'Renew the tokens of a session',
      description: 'A refresh token works once. A second use ends the session.',
      answer: 'New tokens. The old refresh token no longer works.',
      body: RefreshToken,
      reply: Tokens,
      errors: ['unauthorized'],
    }),
    forgotPassword: post('/v1/auth/forgot-password', {
      ...PUBLIC,
      ...ACCEPTED,
      summary: 'Send a link to set a new password',
      description:
        'The answer is the same whether or not the address has an account, so that it does not reveal accounts.',
      body: EmailAddress,
    }),
    resetPassword: post('/v1/auth/reset-password', {
      ...PUBLIC,
      summary: 'Set a new password by the token in the mail',
      description: 'Verifies the address and ends all sessions.',
      answer: 'Password set.',
      body: ResetPassword,
      errors: ['link_invalid'],
      timeoutMs: SET_PASSWORD_TIMEOUT_MS,
    }),
    confirmEmailChange: post('/v1/auth/confirm-email-change', {
      ...PUBLIC,
      summary: 'Confirm a new address by the token in the mail',
      description: 'The new address replaces the former one, which can no longer be used to sign in.',
      answer: 'Address changed.',
      body: LinkToken,
      errors: ['link_invalid'],
    }),
    signOut: post('/v1/auth/sign-out', {
      summary: 'End this session',
      description: 'Revokes the refresh token of the session. Other sessions continue.',
      answer: 'Session ended.',
      scope: 'user',
      personalTokens: 'none',
    }),
    signOutAll: post('/v1/auth/sign-out-all', {
      summary: 'End all sessions, including this one',
      description: 'Revokes all refresh tokens of the user. Personal access tokens and API keys continue.',
      answer: 'Sessions ended.',
      scope: 'user',
      personalTokens: 'none',
    }),
    changePassword: post('/v1/auth/change-password', {
      summary: 'Change the password',
      description: 'Ends all other sessions.',
      answer: 'Password changed.',
      scope: 'user',
      personalTokens: 'none',
      body: ChangePassword,
      errors: ['wrong_password', 'fresh_sign_in_required'],
      timeoutMs: SET_PASSWORD_TIMEOUT_MS,
    }),
    changeEmail: post('/v1/auth/change-email', {
      summary: 'Send a link to a new address to confirm it',
      description:
        'The address changes once the link is confirmed. Requires the password, or a fresh sign-in of an account without one.',
      scope: 'user',
      personalTokens: 'none',
      body: ChangeEmail,
      reply: Accepted,
      status: 202,
      answer: 'The same whether the address is in use or not.',
      errors: ['wrong_password', 'fresh_sign_in_required'],
    }),
  },
);
