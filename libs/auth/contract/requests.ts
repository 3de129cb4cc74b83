// What other modules, the edge and outside clients ask of this one.
import { defineRequest, type Contract } from '@mono/bus';
import { ObjectField, TextField, UuidField, type Principal } from '@mono/contract';
import { exposed } from '@mono/platform';
import { ApiKey, ApiKeyPage, ApiKeyPatch, ApiKeyQuery, CreateApiKey, NewApiKey, RotateApiKey } from './api-keys.js';

/** What a key shows of itself on the way: its public short id and the hash of its secret, never the secret. */
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

const key = { description: 'The API key.' };

export class ApiKeyId {
  @UuidField(key)
  id: string;
}

export class UpdateApiKey extends ApiKeyId {
  @ObjectField(() => ApiKeyPatch, { description: 'A merge patch.' })
  patch: ApiKeyPatch;
}

export class RotateApiKeyRequest extends RotateApiKey {
  @UuidField(key)
  id: string;
}

const module = 'auth';
const TIMEOUT_MS = 15_000;
const entityTag = ({ version }: { version: number }): string => String(version);
const admin = { scope: 'admin' };
const reads = { module, idempotent: true, timeoutMs: TIMEOUT_MS };
const writes = { module, timeoutMs: TIMEOUT_MS };

export const authRequests = {
  /** In-process wherever auth runs, so that a lost bus does not lock everyone out. */
  verify: defineRequest({
    module,
    name: 'verify',
    request: VerifyApiKeyRequest,
    reply: VerifiedApiKey,
    internal: true,
    idempotent: true,
    route: 'local-first',
    timeoutMs: 3_000,
  }),
  createApiKey: defineRequest({
    ...writes,
    ...exposed({ ...admin, replayable: true, entityTag }),
    name: 'create_api_key',
    request: CreateApiKey,
    reply: NewApiKey,
  }),
  findApiKeys: defineRequest({
    ...reads,
    ...exposed(admin),
    name: 'find_api_keys',
    request: ApiKeyQuery,
    reply: ApiKeyPage,
  }),
  getApiKey: defineRequest({
    ...reads,
    ...exposed({ ...admin, entityTag }),
    name: 'get_api_key',
    request: ApiKeyId,
    reply: ApiKey,
  }),
  updateApiKey: defineRequest({
    ...writes,
    ...exposed({ ...admin, guarded: true, entityTag }),
    name: 'update_api_key',
    request: UpdateApiKey,
    reply: ApiKey,
  }),
  rotateApiKey: defineRequest({
    ...writes,
    ...exposed({ ...admin, replayable: true, entityTag }),
    name: 'rotate_api_key',
    request: RotateApiKeyRequest,
    reply: NewApiKey,
  }),
  revokeApiKey: defineRequest<ApiKeyId>({
    ...writes,
    ...exposed({ ...admin, guarded: true }),
    name: 'revoke_api_key',
    request: ApiKeyId,
  }),
} as const;

export const authContracts: readonly Contract[] = Object.values(authRequests);
