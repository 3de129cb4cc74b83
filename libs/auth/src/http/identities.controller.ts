// What of the signed-in user is linked to providers.
import { Body, Controller, Delete, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext } from '@mono/contract';
import { CallContextParam, IdParam, RequireUser } from '@mono/platform';
import { IdentitiesApi, Identity, IdentityPage, LinkIdentity } from '../../contract/index.js';
import { ApiErrors } from './identities-api-errors.js';

@ApiTags('me')
@Controller('v1/me/identities')
export class IdentitiesController {
  constructor(@Inject(IdentitiesApi) private readonly identities: IdentitiesApi) {}

  @Get()
  @RequireUser()
  @ApiOperation({ operationId: 'findIdentities', summary: 'List what the signed-in user can sign in with elsewhere' })
  @ApiOkResponse({ type: IdentityPage, description: 'All of them.' })
  find(@CallContextParam() context: CallContext): Promise<IdentityPage> {
    return this.identities.findIdentities(context);
  }

  @Post()
  @HttpCode(201)
  @RequireUser()
  @ApiOperation({
    operationId: 'linkIdentity',
    summary: 'Link an account at a provider that has the same address, within ten minutes after a sign-in',
  })
  @ApiCreatedResponse({ type: Identity, description: 'From now on the user can sign in with it.' })
  @ApiErrors(
    'fresh_sign_in_required',
    'sign_in_invalid',
    'provider_email_not_verified',
    'identity_email_differs',
    'identity_taken',
  )
  link(@CallContextParam() context: CallContext, @Body() input: LinkIdentity): Promise<Identity> {
    return this.identities.link(context, input);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireUser()
  @ApiOperation({ operationId: 'unlinkIdentity', summary: 'Unlink it; ends all other sessions' })
  @ApiNoContentResponse({ description: 'Nobody can sign in with it any more.' })
  @ApiErrors('identity_not_found', 'last_way_to_sign_in')
  unlink(@CallContextParam() context: CallContext, @IdParam('identity') id: string): Promise<void> {
    return this.identities.unlink(context, id);
  }
}
