// Signing in with a provider: start, send the browser there, finish with the code that it brings back.
import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { PublicContext } from '@mono/contract';
import { NameParam, Public, PublicContextParam } from '@mono/platform';
import { FinishSignIn, IdentitiesApi, ProviderList, StartedSignIn, StartSignIn, Tokens } from '../../contract/index.js';
import { ApiErrors } from './identities-api-errors.js';

const EXAMPLE = 'github';

@ApiTags('auth')
@Controller('v1/auth/providers')
export class ProvidersController {
  constructor(@Inject(IdentitiesApi) private readonly identities: IdentitiesApi) {}

  @Get()
  @Public()
  @ApiOperation({ operationId: 'findProviders', summary: 'List the providers that one can sign in with' })
  @ApiOkResponse({ type: ProviderList, description: 'Those that are configured.' })
  find(): Promise<ProviderList> {
    return this.identities.findProviders();
  }

  @Post(':provider/start')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'startProviderSignIn',
    summary: 'Begin to sign in with a provider: the browser goes to the URL in the answer',
  })
  @ApiOkResponse({ type: StartedSignIn, description: 'Where the browser goes, and the secret that finishes it.' })
  @ApiErrors('provider_not_found')
  start(
    @PublicContextParam() caller: PublicContext,
    @NameParam('provider', 'provider', EXAMPLE) provider: string,
    @Body() input: StartSignIn,
  ): Promise<StartedSignIn> {
    return this.identities.start(caller, provider, input);
  }

  @Post(':provider/finish')
  @HttpCode(200)
  @Public()
  @ApiOperation({
    operationId: 'finishProviderSignIn',
    summary: 'Begin a session by the code that the browser has brought back; who is new gets an account',
  })
  @ApiOkResponse({ type: Tokens, description: 'The tokens of a new session.' })
  @ApiErrors(
    'provider_not_found',
    'sign_in_invalid',
    'provider_email_not_verified',
    'sign_up_disabled',
    'link_required',
  )
  finish(
    @PublicContextParam() caller: PublicContext,
    @NameParam('provider', 'provider', EXAMPLE) provider: string,
    @Body() input: FinishSignIn,
  ): Promise<Tokens> {
    return this.identities.finish(caller, provider, input);
  }
}
