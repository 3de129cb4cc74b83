import { Body, Controller, Delete, Get, HttpCode, Inject, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import {
  CallContextParam,
  Creates,
  documentedErrors,
  GuardedByVersion,
  IdParam,
  Replays,
  RequireScope,
  WithEntityTag,
} from '@mono/platform';
import {
  API_KEY_ERROR_CODES,
  ApiKey,
  ApiKeyPage,
  ApiKeyPatch,
  ApiKeyQuery,
  AuthApi,
  CreateApiKey,
  NewApiKey,
  RotateApiKey,
} from '../../contract/index.js';

const ApiErrors = documentedErrors(API_KEY_ERROR_CODES);

@ApiTags('api keys')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(@Inject(AuthApi) private readonly auth: AuthApi) {}

  @Post()
  @RequireScope('admin')
  @Creates((key: NewApiKey) => `/v1/api-keys/${key.id}`)
  @WithEntityTag<ApiKey>()
  @ApiOperation({ operationId: 'createApiKey', summary: 'Make an API key; its secret is shown this once' })
  @ApiCreatedResponse({ type: NewApiKey, description: 'The new key.' })
  @ApiErrors('forbidden')
  create(@CallContextParam() context: CallContext, @Body() input: CreateApiKey): Promise<Replayable<NewApiKey>> {
    return this.auth.createApiKey(context, input);
  }

  @Get()
  @RequireScope('admin')
  @ApiOperation({ operationId: 'findApiKeys', summary: 'Page through the API keys of the workspace' })
  @ApiOkResponse({ type: ApiKeyPage, description: 'A page of keys, without their secrets.' })
  find(@CallContextParam() context: CallContext, @Query() query: ApiKeyQuery): Promise<ApiKeyPage> {
    return this.auth.findApiKeys(context, query);
  }

  @Get(':id')
  @RequireScope('admin')
  @WithEntityTag<ApiKey>()
  @ApiOperation({ operationId: 'getApiKey', summary: 'Read an API key' })
  @ApiOkResponse({ type: ApiKey, description: 'The key, without its secret.' })
  @ApiErrors('api_key_not_found')
  get(@CallContextParam() context: CallContext, @IdParam('api_key') id: string): Promise<ApiKey> {
    return this.auth.getApiKey(context, id);
  }

  @Patch(':id')
  @RequireScope('admin')
  @GuardedByVersion()
  @WithEntityTag<ApiKey>()
  @ApiOperation({ operationId: 'updateApiKey', summary: 'Change some fields of an API key' })
  @ApiOkResponse({ type: ApiKey, description: 'The key after the change.' })
  @ApiErrors('api_key_not_found', 'api_key_revoked', 'forbidden')
  update(
    @CallContextParam() context: CallContext,
    @IdParam('api_key') id: string,
    @Body() patch: ApiKeyPatch,
  ): Promise<ApiKey> {
    return this.auth.updateApiKey(context, id, patch);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @RequireScope('admin')
  @Replays()
  @WithEntityTag<ApiKey>()
  @ApiOperation({
    operationId: 'rotateApiKey',
    summary: 'Give an API key a new secret; the former works on for a while',
  })
  @ApiOkResponse({ type: NewApiKey, description: 'The key with its new secret, shown this once.' })
  @ApiErrors('api_key_not_found', 'api_key_revoked', 'forbidden')
  rotate(
    @CallContextParam() context: CallContext,
    @IdParam('api_key') id: string,
    @Body() input: RotateApiKey,
  ): Promise<Replayable<NewApiKey>> {
    return this.auth.rotateApiKey(context, id, input);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('admin')
  @GuardedByVersion()
  @ApiOperation({ operationId: 'revokeApiKey', summary: 'Revoke an API key for good' })
  @ApiNoContentResponse({ description: 'It opens nothing any more.' })
  @ApiErrors('api_key_not_found')
  revoke(@CallContextParam() context: CallContext, @IdParam('api_key') id: string): Promise<void> {
    return this.auth.revokeApiKey(context, id);
  }
}
