import { Body, Controller, Get, Inject, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import {
  CallContextParam,
  Creates,
  documentedErrors,
  GuardedByVersion,
  IdParam,
  RequireScope,
  RequireUser,
  WithEntityTag,
} from '@mono/platform';
import {
  AuthApi,
  CreateWorkspace,
  MembersApi,
  Workspace,
  WorkspacePage,
  WorkspacePatch,
  WorkspaceQuery,
} from '../../contract/index.js';

const ApiErrors = documentedErrors({ workspace_not_found: 404, too_many_workspaces: 409 });

@ApiTags('workspaces')
@Controller('v1/workspaces')
export class WorkspacesController {
  constructor(
    @Inject(AuthApi) private readonly auth: AuthApi,
    @Inject(MembersApi) private readonly members: MembersApi,
  ) {}

  @Post()
  @RequireUser()
  @Creates((workspace: Workspace) => `/v1/workspaces/${workspace.id}`)
  @WithEntityTag<Workspace>()
  @ApiOperation({ operationId: 'createWorkspace', summary: 'Make a workspace, of which you become the owner' })
  @ApiCreatedResponse({ type: Workspace, description: 'The new workspace.' })
  @ApiErrors('too_many_workspaces')
  create(@CallContextParam() context: CallContext, @Body() input: CreateWorkspace): Promise<Replayable<Workspace>> {
    return this.members.createWorkspace(context, input);
  }

  @Get()
  @RequireScope(null)
  @ApiOperation({ operationId: 'findWorkspaces', summary: 'Page through the workspaces that you are in' })
  @ApiOkResponse({ type: WorkspacePage, description: 'A page of workspaces.' })
  find(@CallContextParam() context: CallContext, @Query() query: WorkspaceQuery): Promise<WorkspacePage> {
    return this.auth.findWorkspaces(context, query);
  }

  @Get(':id')
  @RequireScope(null)
  @WithEntityTag<Workspace>()
  @ApiOperation({ operationId: 'getWorkspace', summary: 'Read a workspace' })
  @ApiOkResponse({ type: Workspace, description: 'The workspace.' })
  @ApiErrors('workspace_not_found')
  get(@CallContextParam() context: CallContext, @IdParam('workspace') id: string): Promise<Workspace> {
    return this.auth.getWorkspace(context, id);
  }

  @Patch(':id')
  @RequireScope('admin')
  @GuardedByVersion()
  @WithEntityTag<Workspace>()
  @ApiOperation({ operationId: 'updateWorkspace', summary: 'Change some fields of a workspace' })
  @ApiOkResponse({ type: Workspace, description: 'The workspace after the change.' })
  @ApiErrors('workspace_not_found')
  update(
    @CallContextParam() context: CallContext,
    @IdParam('workspace') id: string,
    @Body() patch: WorkspacePatch,
  ): Promise<Workspace> {
    return this.auth.updateWorkspace(context, id, patch);
  }
}
