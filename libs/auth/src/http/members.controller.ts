// Who is in the workspace in which the caller acts.
import { Body, Controller, Delete, Get, HttpCode, Inject, Patch, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext } from '@mono/contract';
import { CallContextParam, GuardedByVersion, IdParam, RequireScope, WithEntityTag } from '@mono/platform';
import { Member, MemberPage, MemberPatch, MemberQuery, MembersApi } from '../../contract/index.js';
import { ApiErrors } from './members-api-errors.js';

@ApiTags('members')
@Controller('v1/members')
export class MembersController {
  constructor(@Inject(MembersApi) private readonly members: MembersApi) {}

  @Get()
  @RequireScope('tasks:read')
  @ApiOperation({ operationId: 'findMembers', summary: 'Page through the members of the workspace' })
  @ApiOkResponse({ type: MemberPage, description: 'A page of members.' })
  find(@CallContextParam() context: CallContext, @Query() query: MemberQuery): Promise<MemberPage> {
    return this.members.findMembers(context, query);
  }

  @Get(':id')
  @RequireScope('tasks:read')
  @WithEntityTag<Member>()
  @ApiOperation({ operationId: 'getMember', summary: 'Read a member' })
  @ApiOkResponse({ type: Member, description: 'The member.' })
  @ApiErrors('member_not_found')
  get(@CallContextParam() context: CallContext, @IdParam('member') id: string): Promise<Member> {
    return this.members.getMember(context, id);
  }

  @Patch(':id')
  @RequireScope('admin')
  @GuardedByVersion()
  @WithEntityTag<Member>()
  @ApiOperation({ operationId: 'updateMember', summary: 'Give a member another role, up to your own' })
  @ApiOkResponse({ type: Member, description: 'The member after the change.' })
  @ApiErrors('member_not_found', 'last_owner')
  update(
    @CallContextParam() context: CallContext,
    @IdParam('member') id: string,
    @Body() patch: MemberPatch,
  ): Promise<Member> {
    return this.members.updateMember(context, id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope(null)
  @GuardedByVersion()
  @ApiOperation({ operationId: 'removeMember', summary: 'Remove a member, or leave; the tasks stay as they are' })
  @ApiNoContentResponse({ description: 'The user is not in the workspace any more.' })
  @ApiErrors('member_not_found', 'last_owner')
  remove(@CallContextParam() context: CallContext, @IdParam('member') id: string): Promise<void> {
    return this.members.removeMember(context, id);
  }
}
