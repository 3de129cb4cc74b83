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
    }),
    verifyEmail: post('/v1/auth/verify-email', {
      ...PUBLIC,
      summary: 'Verify an address by the token in the mail',
      answer: 'The user can sign in.',
      body: LinkToken,
      errors: ['link_invalid'],
    }),
    resendVerification: post('/v1/auth/resend-verification', {
      ...PUBLIC,
      ...ACCEPTED,
      summary: 'Resend the link that verifies an address',
      body: EmailAddress,
    }),
    signIn: post('/v1/auth/sign-in', {
      ...PUBLIC,
      summary: 'Sign in with address and password',
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
      body: EmailAddress,
    }),
    resetPassword: post('/v1/auth/reset-password', {
      ...PUBLIC,
      summary: 'Set a new password by the token in the mail',
      description: 'Verifies the address and ends all sessions.',
      answer: 'Password set.',
      body: ResetPassword,
      errors: ['link_invalid'],
    }),
    confirmEmailChange: post('/v1/auth/confirm-email-change', {
      ...PUBLIC,
      summary: 'Confirm a new address by the token in the mail',
      answer: 'Address changed.',
      body: LinkToken,
      errors: ['link_invalid'],
    }),
    signOut: post('/v1/auth/sign-out', {
      summary: 'End this session',
      answer: 'Session ended.',
      scope: 'user',
      personalTokens: 'none',
    }),
    signOutAll: post('/v1/auth/sign-out-all', {
      summary: 'End all sessions, including this one',
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
    }),
    changeEmail: post('/v1/auth/change-email', {
      summary: 'Send a link to a new address to confirm it',
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
