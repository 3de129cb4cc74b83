// Workspaces: those that the caller is in, and what they are called. Making one is the operator's.
import type { OutboxSignal } from '@mono/bus';
import {
  buildPage,
  NotFoundError,
  readPageRequest,
  VersionConflictError,
  type CallContext,
  type Executor,
  type TransactionalExecutor,
} from '@mono/platform';
import type {
  CreateWorkspace,
  Workspace,
  WorkspacePage,
  WorkspacePatch,
  WorkspaceQuery,
} from '../../contract/index.js';
import {
  differs,
  insertWorkspace,
  lockWorkspace,
  readWorkspace,
  updateWorkspace,
  type WorkspaceFields,
} from '../persistence/workspaces.js';

export class Workspaces {
  constructor(
    private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
  ) {}

  /** Not for clients: whoever makes a workspace is in none yet. */
  async create(context: CallContext, { name, timezone = 'UTC' }: CreateWorkspace): Promise<Workspace> {
    const made = await insertWorkspace(this.database, context, { name, timezone });
    this.signal.wake();
    return made;
  }

  /** A key is in one. */
  async find({ principal }: CallContext, query: WorkspaceQuery): Promise<WorkspacePage> {
    const request = readPageRequest(query, ['uuid'], { workspace: principal.workspaceId });
    const own = await readWorkspace(this.database, principal.workspaceId);
    const all = own ? [own] : [];
    const beyond = request.offset > 0 || request.after !== undefined;
    return buildPage(request, {
      rows: beyond ? [] : all,
      item: (row) => row,
      key: ({ id }) => [id],
      total: all.length,
    });
  }

  get(context: CallContext, id: string): Promise<Workspace> {
    return demand(this.database, context, id);
  }

  update(context: CallContext, id: string, patch: WorkspacePatch): Promise<Workspace> {
    return this.database.transaction(async (on) => {
      await lockWorkspace(on, id);
      const row = await demand(on, context, id);
      const { expectedVersion } = context;
      if (expectedVersion !== undefined && expectedVersion !== row.version) throw new VersionConflictError(row.version);
      const fields: WorkspaceFields = { name: patch.name ?? row.name, timezone: patch.timezone ?? row.timezone };
      if (!differs(row, fields)) return row;
      on.afterCommit(() => this.signal.wake());
      return updateWorkspace(on, context, row, fields);
    });
  }
}

/** Another one is as if it were not there. @throws NotFoundError */
async function demand(on: Executor, { principal }: CallContext, id: string): Promise<Workspace> {
  const row = id.toLowerCase() === principal.workspaceId ? await readWorkspace(on, principal.workspaceId) : undefined;
  if (!row) throw new NotFoundError('workspace', id);
  return row;
}
