import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf } from '@mono/platform';
import {
  AuthApi,
  authRequests,
  type UpdateWorkspace,
  type Workspace,
  type WorkspaceId,
  type WorkspacePage,
  type WorkspaceQuery,
} from '../../contract/index.js';

@Controller()
export class WorkspacesHandlers {
  constructor(@Inject(AuthApi) private readonly auth: AuthApi) {}

  @RequestHandler(authRequests.findWorkspaces)
  find(query: WorkspaceQuery, context: BusContext): Promise<WorkspacePage> {
    return this.auth.findWorkspaces(callContextOf(context), query);
  }

  @RequestHandler(authRequests.getWorkspace)
  get({ id }: WorkspaceId, context: BusContext): Promise<Workspace> {
    return this.auth.getWorkspace(callContextOf(context), id);
  }

  @RequestHandler(authRequests.updateWorkspace)
  update({ id, patch }: UpdateWorkspace, context: BusContext): Promise<Workspace> {
    return this.auth.updateWorkspace(callContextOf(context), id, patch);
  }
}
