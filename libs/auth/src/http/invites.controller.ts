// Invites to the workspace in which the caller acts, and accepting one, for which the link in the mail is enough.
import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, PublicContext, Replayable } from '@mono/contract';
import {
  CallContextParam,
  Creates,
  GuardedByVersion,
  IdParam,
  Public,
  PublicContextParam,
  RequireScope,
  WithEntityTag,
} from '@mono/platform';
import { AcceptInvite, CreateInvite, Invite, InvitePage, InviteQuery, MembersApi } from '../../contract/index.js';
import { ApiErrors } from './members-api-errors.js';

@ApiTags('invites')
@Controller('v1/invites')
export class InvitesController {
  constructor(@Inject(MembersApi) private readonly members: MembersApi) {}

  @Post()
  @RequireScope('admin')
  @Creates((invite: Invite) => `/v1/invites/${invite.id}`)
  @WithEntityTag<Invite>()
  @ApiOperation({
    operationId: 'createInvite',
    summary: 'Invite somebody by mail, with a role up to your own; an open invite is renewed',
  })
  @ApiCreatedResponse({ type: Invite, description: 'The invite.' })
  @ApiErrors('already_member')
  create(@CallContextParam() context: CallContext, @Body() input: CreateInvite): Promise<Replayable<Invite>> {
    return this.members.createInvite(context, input);
  }

  @Get()
  @RequireScope('admin')
  @ApiOperation({ operationId: 'findInvites', summary: 'Page through the invites that can still be accepted' })
  @ApiOkResponse({ type: InvitePage, description: 'A page of invites.' })
  find(@CallContextParam() context: CallContext, @Query() query: InviteQuery): Promise<InvitePage> {
    return this.members.findInvites(context, query);
  }

  @Get(':id')
  @RequireScope('admin')
  @WithEntityTag<Invite>()
  @ApiOperation({ operationId: 'getInvite', summary: 'Read an invite that can still be accepted' })
  @ApiOkResponse({ type: Invite, description: 'The invite.' })
  @ApiErrors('invite_not_found')
  get(@CallContextParam() context: CallContext, @IdParam('invite') id: string): Promise<Invite> {
    return this.members.getInvite(context, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('admin')
  @GuardedByVersion()
  @ApiOperation({ operationId: 'revokeInvite', summary: 'Take an invite back' })
  @ApiNoContentResponse({ description: 'Its link leads nowhere any more.' })
  @ApiErrors('invite_not_found')
  revoke(@CallContextParam() context: CallContext, @IdParam('invite') id: string): Promise<void> {
    return this.members.revokeInvite(context, id);
  }

  @Post('accept')
  @HttpCode(204)
  @Public()
  @ApiOperation({
    operationId: 'acceptInvite',
    summary: 'Join the workspace by the token that was sent; who has no account gets one',
  })
  @ApiNoContentResponse({ description: 'The user is in the workspace, and can sign in.' })
  @ApiErrors('link_invalid')
  accept(@PublicContextParam() caller: PublicContext, @Body() input: AcceptInvite): Promise<void> {
    return this.members.acceptInvite(caller, input);
  }
}
