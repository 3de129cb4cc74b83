import {
  del,
  get,
  idOf,
  internal,
  operations,
  patch,
  path,
  post,
  TextField,
  type ClientOf,
  type Principal,
} from '@mono/contract';
import { ApiKey, ApiKeyPage, ApiKeyPatch, ApiKeyQuery, CreateApiKey, NewApiKey, RotateApiKey } from './api-keys.js';
import { authErrors } from './auth.errors.js';

/** A key travels as its public short id and the hash of its secret, never as the secret. */
export class VerifyApiKeyRequest {
  @TextField({ description: 'The environment in the key.', min: 2, max: 8 })
  environment: string;

  @TextField({ description: '12 hexadecimal digits.', min: 12, max: 12 })
  short_id: string;

  @TextField({ description: 'SHA-256 of the secret, base64url.', min: 43, max: 43 })
  secret_hash: string;
}

export class VerifiedApiKey {
  principal: Principal;
  allowed_ips: string[] | null;
  /** In milliseconds since 1970. */
  expires_at: number | null;
}

const key = path('/v1/api-keys/:id', { id: idOf('api_key') });
const entityTag = ({ version }: ApiKey): string => String(version);

/** A token must not outlive itself as a key. */
const BY_SESSION_OR_KEY = { personalTokens: 'none' } as const;
/** Callers that are limited to lists reach keys within their lists (decisions/0004-keys-within-reach.md). */
const WITHIN_REACH = { scope: 'admin', respectsLists: true } as const;

export const apiKeysOperations = operations(
  'auth',
  { tag: 'api keys', errors: authErrors },
  {
    createApiKey: post('/v1/api-keys', {
      ...WITHIN_REACH,
      ...BY_SESSION_OR_KEY,
      summary: 'Create an API key',
      description: 'The answer shows its secret once.',
      answer: 'The created key.',
      body: CreateApiKey,
      reply: NewApiKey,
      showsSecret: true,
      etag: entityTag,
      location: ({ id }) => `/v1/api-keys/${id}`,
      idempotencyKey: true,
      errors: ['forbidden'],
    }),
    findApiKeys: get('/v1/api-keys', {
      ...WITHIN_REACH,
      summary: 'List the API keys of the workspace',
      description:
        'Shows rights, state and last use of each key, without its secret. Callers that are limited to lists see the keys within their lists.',
      answer: 'A page of keys, without their secrets.',
      query: ApiKeyQuery,
      reply: ApiKeyPage,
    }),
    getApiKey: get(key, {
      ...WITHIN_REACH,
      summary: 'Get an API key',
      description: 'Shows the rights, the state and the last use of a key, without its secret.',
      answer: 'The key, without its secret.',
      reply: ApiKey,
      etag: entityTag,
      errors: ['api_key_not_found'],
    }),
    updateApiKey: patch(key, {
      ...WITHIN_REACH,
      ...BY_SESSION_OR_KEY,
      summary: 'Update an API key',
      description: 'Changes the name and the rights of a key, up to those of the caller. The secret stays the same.',
      answer: 'The updated key.',
      patch: ApiKeyPatch,
      reply: ApiKey,
      etag: entityTag,
      ifMatch: true,
      errors: ['api_key_not_found', 'api_key_revoked', 'forbidden'],
    }),
    rotateApiKey: post(path('/v1/api-keys/:id/rotate', { id: idOf('api_key') }), {
      ...WITHIN_REACH,
      ...BY_SESSION_OR_KEY,
      summary: 'Rotate the secret of an API key',
      description: 'The former secret works until the overlap ends. The answer shows the new one once.',
      answer: 'The key with its new secret.',
      body: RotateApiKey,
      reply: NewApiKey,
      showsSecret: true,
      etag: entityTag,
      idempotencyKey: true,
      errors: ['api_key_not_found', 'api_key_revoked', 'forbidden'],
    }),
    revokeApiKey: del(key, {
      ...WITHIN_REACH,
      summary: 'Revoke an API key',
      description: 'All secrets of the key end at once, on every node. It cannot be undone.',
      answer: 'Key revoked.',
      ifMatch: true,
      errors: ['api_key_not_found'],
    }),
    /** In this process wherever auth runs, so that a lost bus does not lock everyone out. */
    verify: internal({
      summary: 'Look up an API key',
      body: VerifyApiKeyRequest,
      reply: VerifiedApiKey,
      reads: true,
      route: 'local-first',
      timeoutMs: 3_000,
    }),
  },
);

export type ApiKeysClient = ClientOf<typeof apiKeysOperations>;
