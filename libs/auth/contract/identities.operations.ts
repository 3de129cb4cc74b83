import { del, get, idOf, internal, isStorableText, operations, path, post, TextField, textParam } from '@mono/contract';
import { authErrors } from './auth.errors.js';
import {
  FinishSignIn,
  Identity,
  IdentityPage,
  LinkIdentity,
  MAX_PROVIDER_CHARACTERS,
  ProviderList,
  StartedSignIn,
  StartSignIn,
} from './identities.js';
import { Tokens } from './users.js';

/** A provider may take its time, up to its own limit. */
const TIMEOUT_MS = 20_000;
/** The query of a provider's redirect: request heads have at most 16 KiB. */
const MAX_QUERY_CHARACTERS = 16_384;
const MAX_PATH_CHARACTERS = 2_048;

/** A sign-in with a provider, as the browser returns from it. */
export class ReturnFromProvider {
  /** Nodes of the previous release require it. To be removed in the next release, with `user_agent`. */
  @TextField({ description: 'The client’s IP address.', max: 64 })
  address: string;

  @TextField({ description: '`User-Agent`.', max: 512, optional: true })
  user_agent?: string;

  @TextField({ description: 'The id of the provider, as sent.', max: MAX_PATH_CHARACTERS })
  provider: string;

  @TextField({ description: 'The query of the URL, as sent, without `?`.', max: MAX_QUERY_CHARACTERS })
  input: string;
}

/** How the sign-in continues in the browser: one of the three. */
export class ProviderReturn {
  /** The URL of the application. */
  location: string | null;
  /** The code that a page shows, where the application has named no URL. */
  code: string | null;
  /** The error where there is no URL to return to: a code of OAuth 2, or one of RETURN_ERRORS. */
  error: string | null;
}

/** The errors that the browser may bring back beside those of the provider. */
export const RETURN_ERRORS = ['sign_in_invalid', 'provider_refused', 'unavailable'] as const;
export type ReturnError = (typeof RETURN_ERRORS)[number];

const provider = textParam({
  thing: 'provider',
  description: 'The id of the provider.',
  example: 'github',
  max: MAX_PROVIDER_CHARACTERS,
  accepts: (value) => isStorableText(value) && value.length <= MAX_PROVIDER_CHARACTERS,
});
/** Over NATS, the NATS user counts as the address of such a caller. */
const PUBLIC = { scope: 'anybody', route: 'local-first', tag: 'auth' } as const;

export const identitiesOperations = operations(
  'auth',
  { tag: 'me', errors: authErrors, timeoutMs: TIMEOUT_MS },
  {
    findProviders: get('/v1/auth/providers', {
      ...PUBLIC,
      summary: 'List the configured sign-in providers',
      description:
        'The OpenID and OAuth providers with which users can sign in to this installation. The list is empty if none is configured.',
      answer: 'The providers.',
      reply: ProviderList,
    }),
    startProviderSignIn: post(path('/v1/auth/providers/:provider/start', { provider }), {
      ...PUBLIC,
      summary: 'Start to sign in with a provider',
      description: 'Send the browser to the URL in the answer.',
      answer: 'The URL for the browser, and the secret that finishes the sign-in.',
      body: StartSignIn,
      reply: StartedSignIn,
      errors: ['provider_not_found'],
    }),
    finishProviderSignIn: post(path('/v1/auth/providers/:provider/finish', { provider }), {
      ...PUBLIC,
      summary: 'Sign in with the code that the browser has brought back',
      description: 'A person without an account gets one.',
      answer: 'The tokens of a new session.',
      body: FinishSignIn,
      reply: Tokens,
      errors: [
        'provider_not_found',
        'sign_in_invalid',
        'provider_email_not_verified',
        'sign_up_disabled',
        'link_required',
      ],
    }),
    findIdentities: get('/v1/me/identities', {
      summary: 'List the linked identities of the signed-in user',
      description: 'Accounts at providers with which the user can sign in.',
      answer: 'All linked identities.',
      scope: 'user',
      personalTokens: 'none',
      reply: IdentityPage,
    }),
    linkIdentity: post('/v1/me/identities', {
      summary: 'Link an identity at a provider',
      description: 'Its address must be that of the account, and the session at most ten minutes old.',
      answer: 'The linked identity.',
      scope: 'user',
      personalTokens: 'none',
      body: LinkIdentity,
      reply: Identity,
      status: 201,
      errors: [
        'fresh_sign_in_required',
        'sign_in_invalid',
        'provider_email_not_verified',
        'identity_email_differs',
        'identity_taken',
      ],
    }),
    unlinkIdentity: del(path('/v1/me/identities/:id', { id: idOf('identity') }), {
      summary: 'Unlink an identity',
      description: 'Ends all other sessions.',
      answer: 'Identity unlinked.',
      scope: 'user',
      personalTokens: 'none',
      errors: ['identity_not_found', 'last_way_to_sign_in'],
    }),
    /** A browser follows the redirect of a provider to a page, which asks by this. */
    returnFromProvider: internal({
      summary: 'Redeem the answer of a provider',
      body: ReturnFromProvider,
      reply: ProviderReturn,
      route: 'local-first',
      timeoutMs: TIMEOUT_MS,
    }),
  },
);
