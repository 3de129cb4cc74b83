import { del, get, idOf, internal, operations, path, post, TextField, type Principal } from '@mono/contract';
import { VerifyApiKeyRequest } from './api-keys.operations.js';
import { authErrors } from './auth.errors.js';
import {
  CreatePersonalToken,
  NewPersonalToken,
  PersonalToken,
  PersonalTokenPage,
  PersonalTokenQuery,
} from './personal-tokens.js';
import { MAX_WORKSPACE_CHARACTERS } from './users.operations.js';

/** A token travels as its public short id and the hash of its secret, never as the secret. */
export class VerifyPersonalTokenRequest extends VerifyApiKeyRequest {
  @TextField({ description: '`X-Workspace`, as sent.', max: MAX_WORKSPACE_CHARACTERS, optional: true })
  workspace?: string;
}

export class VerifiedPersonalToken {
  principal: Principal;
  /** In milliseconds since 1970. */
  expires_at: number;
}

const token = path('/v1/me/tokens/:id', { id: idOf('personal_token') });
const entityTag = ({ version }: PersonalToken): string => String(version);

/** A token must not outlive itself by another one. */
const BY_SESSION = { scope: 'user', personalTokens: 'none' } as const;

export const personalTokensOperations = operations(
  'auth',
  { tag: 'me', errors: authErrors },
  {
    createPersonalToken: post('/v1/me/tokens', {
      ...BY_SESSION,
      summary: 'Create a personal access token',
      description:
        'It acts as its user, with no more rights than its scopes, workspace and lists. The answer shows its secret once. Ends with a change of the password, and a token of one workspace with the membership.',
      answer: 'The created token.',
      body: CreatePersonalToken,
      reply: NewPersonalToken,
      showsSecret: true,
      etag: entityTag,
      location: ({ id }) => `/v1/me/tokens/${id}`,
      idempotencyKey: true,
      errors: ['forbidden', 'workspace_not_found', 'too_many_personal_tokens', 'secret_already_shown'],
    }),
    findPersonalTokens: get('/v1/me/tokens', {
      ...BY_SESSION,
      summary: 'List your personal access tokens',
      description: 'Shows rights, expiry and last use of each token, without its secret.',
      answer: 'A page of tokens, without their secrets.',
      query: PersonalTokenQuery,
      reply: PersonalTokenPage,
    }),
    getPersonalToken: get(token, {
      ...BY_SESSION,
      summary: 'Get a personal access token',
      description: 'Shows rights, expiry and last use of a token, without its secret.',
      answer: 'The token, without its secret.',
      reply: PersonalToken,
      etag: entityTag,
      errors: ['personal_token_not_found'],
    }),
    revokePersonalToken: del(token, {
      ...BY_SESSION,
      summary: 'Revoke a personal access token',
      description: 'The token is refused from now on, on every node. It cannot be undone.',
      answer: 'Token revoked.',
      ifMatch: true,
      errors: ['personal_token_not_found'],
    }),
    /** In this process wherever auth runs, so that a lost bus does not lock everyone out. */
    verifyPersonalToken: internal({
      summary: 'Look up a personal access token',
      body: VerifyPersonalTokenRequest,
      reply: VerifiedPersonalToken,
      reads: true,
      route: 'local-first',
      timeoutMs: 3_000,
    }),
  },
);
