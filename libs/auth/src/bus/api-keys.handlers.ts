import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf, replying } from '@mono/platform';
import {
  AuthApi,
  authRequests,
  type ApiKey,
  type ApiKeyId,
  type ApiKeyPage,
  type ApiKeyQuery,
  type CreateApiKey,
  type NewApiKey,
  type RotateApiKeyRequest,
  type UpdateApiKey,
} from '../../contract/index.js';

@Controller()
export class ApiKeysHandlers {
  constructor(@Inject(AuthApi) private readonly auth: AuthApi) {}

  @RequestHandler(authRequests.createApiKey)
  create(input: CreateApiKey, context: BusContext): Promise<NewApiKey> {
    return replying(context, this.auth.createApiKey(callContextOf(context), input));
  }

  @RequestHandler(authRequests.findApiKeys)
  find(query: ApiKeyQuery, context: BusContext): Promise<ApiKeyPage> {
    return this.auth.findApiKeys(callContextOf(context), query);
  }

  @RequestHandler(authRequests.getApiKey)
  get({ id }: ApiKeyId, context: BusContext): Promise<ApiKey> {
    return this.auth.getApiKey(callContextOf(context), id);
  }

  @RequestHandler(authRequests.updateApiKey)
  update({ id, patch }: UpdateApiKey, context: BusContext): Promise<ApiKey> {
    return this.auth.updateApiKey(callContextOf(context), id, patch);
  }

  @RequestHandler(authRequests.rotateApiKey)
  rotate({ id, ...input }: RotateApiKeyRequest, context: BusContext): Promise<NewApiKey> {
    return replying(context, this.auth.rotateApiKey(callContextOf(context), id, input));
  }

  @RequestHandler(authRequests.revokeApiKey)
  revoke({ id }: ApiKeyId, context: BusContext): Promise<void> {
    return this.auth.revokeApiKey(callContextOf(context), id);
  }
}
