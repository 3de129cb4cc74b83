// Workspaces: those that the caller is in, and what they are called.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { buildPage, readPageRequest, requireVersion, type CallContext, type InputOf } from '@mono/contract';
import { Database, once, Operation, type Executor } from '@mono/platform';
import {
  authErrors,
  MAX_OWNED_WORKSPACES,
  workspacesOperations,
  type Workspace,
  type WorkspacePage,
} from '../../contract/index.js';
import { NO_WORKSPACE } from '../access/access.controller.js';
import { countOwned, findRole, insertMember } from '../persistence/members.js';
import { lockUser } from '../persistence/users.js';
import {
  countWorkspacesOf,
  differs,
  findWorkspacesOf,
  insertWorkspace,
  lockWorkspace,
  readWorkspace,
  updateWorkspace,
  type WorkspaceFields,
} from '../persistence/workspaces.js';
import { boundWorkspace } from '../personal-tokens/bound-workspace.js';
import { signedIn } from '../users/caller.js';

const SHOWN = { item: (row: Workspace): Workspace => row, key: ({ id }: Workspace): [string] => [id] };

@Controller()
export class WorkspacesController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
  ) {}

  @Operation(workspacesOperations.createWorkspace)
  createWorkspace(
    input: InputOf<typeof workspacesOperations.createWorkspace>,
    context: CallContext,
  ): Promise<Workspace> {
    const { userId } = signedIn(context);
    const { name, timezone = 'UTC' } = input;
    const work = async (on: Executor): Promise<Workspace> => {
      await lockUser(on, userId);
      if ((await countOwned(on, userId)) >= MAX_OWNED_WORKSPACES) {
        throw authErrors.too_many_workspaces();
      }
      const made = await insertWorkspace(on, context, { name, timezone });
      await insertMember(on, context, { workspaceId: made.id, userId }, 'owner');
      on.afterCommit(() => this.signal.wake());
      return made;
    };
    return once(this.database, workspacesOperations.createWorkspace, outsideOf(context), input, work, { atomic: true });
  }

  /** A key is in one, as is a personal access token that is limited to one. */
  @Operation(workspacesOperations.findWorkspaces)
  async findWorkspaces(
    query: InputOf<typeof workspacesOperations.findWorkspaces>,
    context: CallContext,
  ): Promise<WorkspacePage> {
    const { principal } = context;
    const { kind, id, workspaceId } = principal;
    const isInSeveral = kind === 'user' && (await boundWorkspace(this.database, context)) === null;
    const request = readPageRequest(query, ['uuid'], isInSeveral ? { user: id } : { workspace: workspaceId });
    if (isInSeveral) {
      const rows = await findWorkspacesOf(this.database, id, request);
      const total = request.countsExactly ? await countWorkspacesOf(this.database, id) : undefined;
      return buildPage(request, { rows, ...SHOWN, total });
    }
    const own = await readWorkspace(this.database, workspaceId);
    const beyond = request.offset > 0 || request.after !== undefined;
    const all = own ? [own] : [];
    return buildPage(request, { rows: beyond ? [] : all, ...SHOWN, total: all.length });
  }

  /** A user sees all that they are in. */
  @Operation(workspacesOperations.getWorkspace)
  async getWorkspace(
    { id }: InputOf<typeof workspacesOperations.getWorkspace>,
    context: CallContext,
  ): Promise<Workspace> {
    const { kind, id: callerId } = context.principal;
    const isBound = (await boundWorkspace(this.database, context)) !== null;
    const isIn = kind === 'user' && !isBound && (await findRole(this.database, id, callerId)) !== undefined;
    const row = isIn ? await readWorkspace(this.database, id) : undefined;
    return row ?? requireWorkspace(this.database, context, id);
  }

  @Operation(workspacesOperations.updateWorkspace)
  updateWorkspace(
    { id, patch }: InputOf<typeof workspacesOperations.updateWorkspace>,
    context: CallContext,
  ): Promise<Workspace> {
    return this.database.transaction(async (on) => {
      await lockWorkspace(on, id);
      const row = await requireWorkspace(on, context, id);
      requireVersion(context, row);
      const fields: WorkspaceFields = {
        name: patch.name ?? row.name,
        timezone: patch.timezone ?? row.timezone,
        time_entries_visible_to: patch.time_entries_visible_to ?? row.time_entries_visible_to,
      };
      if (!differs(row, fields)) return row;
      on.afterCommit(() => this.signal.wake());
      return updateWorkspace(on, context, row, fields);
    });
  }
}

/** A user without workspace acts in the new one when the call is repeated: it must find its first answer even so. */
function outsideOf(context: CallContext): CallContext {
  const { principal, requestId, idempotencyKey } = context;
  return {
    principal: { ...principal, workspaceId: NO_WORKSPACE },
    requestId,
    idempotencyKey,
    markReplayed: () => context.markReplayed?.(),
  };
}

/** Another workspace does not exist for the caller. @throws DomainError `workspace_not_found`. */
async function requireWorkspace(on: Executor, { principal }: CallContext, id: string): Promise<Workspace> {
  const row = id.toLowerCase() === principal.workspaceId ? await readWorkspace(on, principal.workspaceId) : undefined;
  if (!row) throw authErrors.workspace_not_found({ id });
  return row;
}
