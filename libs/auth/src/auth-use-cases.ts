// The module's API, by its use cases.
import type { CallContext, Replayable } from '@mono/contract';
import {
  AuthApi,
  type ApiKey,
  type ApiKeyPage,
  type ApiKeyPatch,
  type ApiKeyQuery,
  type ApiKeyVerdict,
  type CreateApiKey,
  type NewApiKey,
  type RotateApiKey,
} from '../contract/index.js';
import type { ApiKeys } from './api-keys/api-keys.js';
import type { VerifyApiKey } from './verify/verify-api-key.js';

export class AuthUseCases extends AuthApi {
  constructor(
    private readonly verifier: VerifyApiKey,
    private readonly keys: ApiKeys,
  ) {
    super();
  }

  verify(key: string): Promise<ApiKeyVerdict> {
    return this.verifier.verify(key);
  }

  recognises(key: string): boolean {
    return this.verifier.recognises(key);
  }

  createApiKey(context: CallContext, input: CreateApiKey): Promise<Replayable<NewApiKey>> {
    return this.keys.create(context, input);
  }

  findApiKeys(context: CallContext, query: ApiKeyQuery): Promise<ApiKeyPage> {
    return this.keys.find(context, query);
  }

  getApiKey(context: CallContext, id: string): Promise<ApiKey> {
    return this.keys.get(context, id);
  }

  updateApiKey(context: CallContext, id: string, patch: ApiKeyPatch): Promise<ApiKey> {
    return this.keys.update(context, id, patch);
  }

  rotateApiKey(context: CallContext, id: string, input: RotateApiKey): Promise<Replayable<NewApiKey>> {
    return this.keys.rotate(context, id, input);
  }

  revokeApiKey(context: CallContext, id: string): Promise<void> {
    return this.keys.revoke(context, id);
  }
}
