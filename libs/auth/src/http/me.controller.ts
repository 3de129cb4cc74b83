// The signed-in user: who they are, and where they are signed in.
import { Body, Controller, Delete, Get, HttpCode, Inject, Patch } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext } from '@mono/contract';
import { CallContextParam, GuardedByVersion, IdParam, RequireUser, WithEntityTag } from '@mono/platform';
import { DeleteMe, SessionPage, User, userEntityTag, UserPatch, UsersApi } from '../../contract/index.js';
import { ApiErrors } from './users-api-errors.js';

@ApiTags('me')
@Controller('v1/me')
export class MeController {
  constructor(@Inject(UsersApi) private readonly users: UsersApi) {}

  @Get()
  @RequireUser()
  @WithEntityTag(userEntityTag)
  @ApiOperation({ operationId: 'getMe', summary: 'Read the signed-in user' })
  @ApiOkResponse({ type: User, description: 'The user.' })
  getMe(@CallContextParam() context: CallContext): Promise<User> {
    return this.users.getMe(context);
  }

  @Patch()
  @RequireUser()
  @GuardedByVersion()
  @WithEntityTag(userEntityTag)
  @ApiOperation({ operationId: 'updateMe', summary: 'Change some fields of the signed-in user' })
  @ApiOkResponse({ type: User, description: 'The user after the change.' })
  updateMe(@CallContextParam() context: CallContext, @Body() patch: UserPatch): Promise<User> {
    return this.users.updateMe(context, patch);
  }

  @Delete()
  @HttpCode(204)
  @RequireUser()
  @GuardedByVersion()
  @ApiOperation({ operationId: 'deleteMe', summary: 'Delete the account, and the workspaces in which nobody else is' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiErrors('wrong_password', 'fresh_sign_in_required', 'last_owner')
  deleteMe(@CallContextParam() context: CallContext, @Body() input: DeleteMe): Promise<void> {
    return this.users.deleteMe(context, input);
  }

  @Get('sessions')
  @RequireUser()
  @ApiOperation({ operationId: 'findSessions', summary: 'List the sessions of the signed-in user' })
  @ApiOkResponse({ type: SessionPage, description: 'All living sessions.' })
  findSessions(@CallContextParam() context: CallContext): Promise<SessionPage> {
    return this.users.findSessions(context);
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @RequireUser()
  @ApiOperation({ operationId: 'revokeSession', summary: 'End a session of the signed-in user' })
  @ApiNoContentResponse({ description: 'Its tokens count no more.' })
  @ApiErrors('session_not_found')
  revokeSession(@CallContextParam() context: CallContext, @IdParam('session') id: string): Promise<void> {
    return this.users.revokeSession(context, id);
  }
}
