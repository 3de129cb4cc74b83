// Workspaces: those that the caller is in, and what they are called.
import type { OutboxSignal } from '@mono/bus/outbox';
import {
  buildPage,
  ConflictError,
  NotFoundError,
  readPageRequest,
  VersionConflictError,
  type CallContext,
  type Replayable,
} from '@mono/contract';
import { idempotently, type Executor, type TransactionalExecutor } from '@mono/platform';
import type {
  CreateWorkspace,
  Workspace,
  WorkspacePage,
  WorkspacePatch,
  WorkspaceQuery,
} from '../../contract/index.js';
import { NO_WORKSPACE } from '../access/verify-access-token.js';
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
import { signedIn } from '../users/users-parts.js';

/** By one user. */
const MOST_OWNED = 100;

const SHOWN = { item: (row: Workspace): Workspace => row, key: ({ id }: Workspace): [string] => [id] };

export class Workspaces {
  constructor(
    private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
  ) {}

  /** For the operator: nobody is in it yet. */
  async create(context: CallContext, { name, timezone = 'UTC' }: CreateWorkspace): Promise<Workspace> {
    const made = await insertWorkspace(this.database, context, { name, timezone });
    this.signal.wake();
    return made;
  }

  /** For a user, who becomes its owner. */
  found(context: CallContext, input: CreateWorkspace): Promise<Replayable<Workspace>> {
    const { userId } = signedIn(context);
    const { name, timezone = 'UTC' } = input;
    const work = async (on: Executor): Promise<Workspace> => {
      await lockUser(on, userId);
      if ((await countOwned(on, userId)) >= MOST_OWNED) {
        throw new ConflictError('too_many_workspaces', `You own ${MOST_OWNED} workspaces, which is the most.`);
      }
      const made = await insertWorkspace(on, context, { name, timezone });
      await insertMember(on, context, { workspaceId: made.id, userId }, 'owner');
      on.afterCommit(() => this.signal.wake());
      return made;
    };
    return idempotently(this.database, outsideOf(context), 'auth.create_workspace', input, work, { atomic: true });
  }

  /** A key is in one. */
  async find({ principal }: CallContext, query: WorkspaceQuery): Promise<WorkspacePage> {
    const { kind, id, workspaceId } = principal;
    const request = readPageRequest(query, ['uuid'], kind === 'user' ? { user: id } : { workspace: workspaceId });
    if (kind === 'user') {
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
  async get(context: CallContext, id: string): Promise<Workspace> {
    const { kind, id: callerId } = context.principal;
    const isIn = kind === 'user' && (await findRole(this.database, id, callerId)) !== undefined;
    const row = isIn ? await readWorkspace(this.database, id) : undefined;
    return row ?? demand(this.database, context, id);
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

/** Who is in no workspace acts in the one just made when the call is repeated: it must find its first answer even so. */
function outsideOf(context: CallContext): CallContext {
  return { ...context, principal: { ...context.principal, workspaceId: NO_WORKSPACE } };
}

/** Another one is as if it were not there. @throws NotFoundError */
async function demand(on: Executor, { principal }: CallContext, id: string): Promise<Workspace> {
  const row = id.toLowerCase() === principal.workspaceId ? await readWorkspace(on, principal.workspaceId) : undefined;
  if (!row) throw new NotFoundError('workspace', id);
  return row;
}
