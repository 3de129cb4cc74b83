import { Body, Controller, Get, Inject, Patch, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CallContextParam,
  documentedErrors,
  GuardedByVersion,
  IdParam,
  RequireScope,
  WithEntityTag,
  type CallContext,
} from '@mono/platform';
import { AuthApi, Workspace, WorkspacePage, WorkspacePatch, WorkspaceQuery } from '../../contract/index.js';

const ApiErrors = documentedErrors({ workspace_not_found: 404 });

@ApiTags('workspaces')
@Controller('v1/workspaces')
export class WorkspacesController {
  constructor(@Inject(AuthApi) private readonly auth: AuthApi) {}

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
