// Who is in a workspace. Nobody gives a role above their own, or touches who has one, and a workspace keeps an owner.
import type { OutboxSignal } from '@mono/bus/outbox';
import {
  buildPage,
  ConflictError,
  DomainError,
  NotFoundError,
  readPageRequest,
  VersionConflictError,
  type CallContext,
} from '@mono/contract';
import type { Executor, TransactionalExecutor } from '@mono/platform';
import {
  isAtLeast,
  type Member,
  type MemberPage,
  type MemberPatch,
  type MemberQuery,
  type Role,
} from '../../contract/index.js';
import {
  countMembers,
  findMemberRows,
  findMembersAmong,
  hasOtherOwner,
  readMember,
  updateMemberRole,
  type StoredJoining,
  type StoredMember,
} from '../persistence/members.js';
import { lockWorkspace } from '../persistence/workspaces.js';
import { demandGivable } from '../api-keys/rights.js';
import { currentRole } from './current-role.js';
import { removeMembership, revokeInvitesBeyond } from './lost-role.js';

export class Members {
  constructor(
    private readonly database: TransactionalExecutor,
    private readonly signal: OutboxSignal,
  ) {}

  async find({ principal }: CallContext, query: MemberQuery): Promise<MemberPage> {
    const { workspaceId } = principal;
    const request = readPageRequest(query, ['uuid'], { workspace: workspaceId });
    return buildPage(request, {
      rows: await findMemberRows(this.database, workspaceId, request),
      item: shown,
      key: ({ id }) => [id],
      total: request.countsExactly ? await countMembers(this.database, workspaceId) : undefined,
    });
  }

  async get(context: CallContext, userId: string): Promise<Member> {
    return shown(await demand(this.database, context, userId));
  }

  update(context: CallContext, userId: string, { role }: MemberPatch): Promise<Member> {
    const { workspaceId } = context.principal;
    return this.database.transaction(async (on) => {
      const member = await this.lock(on, context, userId);
      if (role === undefined || role === member.role) return shown(member);
      await demandReach(on, context, [member.role, role]);
      await demandGivable(on, context, role);
      if (member.role === 'owner') await demandOtherOwner(on, workspaceId, userId);
      await updateMemberRole(on, context, workspaceId, member, role);
      await revokeInvitesBeyond(on, context, { workspaceId, userId, role });
      on.afterCommit(() => this.signal.wake());
      return shown(await demand(on, context, userId));
    });
  }

  remove(context: CallContext, userId: string): Promise<void> {
    const { workspaceId, kind, id } = context.principal;
    return this.database.transaction(async (on) => {
      const member = await this.lock(on, context, userId);
      if (kind !== 'user' || id !== userId) await demandReach(on, context, [member.role]);
      if (member.role === 'owner') await demandOtherOwner(on, workspaceId, userId);
      await removeMembership(on, context, workspaceId, member);
      on.afterCommit(() => this.signal.wake());
    });
  }

  among(workspaceId: string, userIds: readonly string[]): Promise<StoredJoining[]> {
    return findMembersAmong(this.database, workspaceId, userIds);
  }

  /** Of two owners that remove each other at once, one stays. */
  private async lock(on: Executor, context: CallContext, userId: string): Promise<StoredMember> {
    await lockWorkspace(on, context.principal.workspaceId);
    const member = await demand(on, context, userId);
    const { expectedVersion } = context;
    if (expectedVersion !== undefined && expectedVersion !== member.version) {
      throw new VersionConflictError(member.version);
    }
    return member;
  }
}

/** @throws DomainError `forbidden` for who is no admin, and for roles above the caller's own. */
export async function demandReach(on: Executor, context: CallContext, roles: readonly Role[]): Promise<void> {
  const own = await currentRole(on, context);
  if (!isAtLeast(own, 'admin')) throw new DomainError('forbidden', 'forbidden', 'This needs the role admin or owner.');
  const beyond = roles.find((role) => !isAtLeast(own, role));
  if (beyond !== undefined) throw new DomainError('forbidden', 'forbidden', `This needs the role ${beyond}.`);
}

async function demandOtherOwner(on: Executor, workspaceId: string, userId: string): Promise<void> {
  if (await hasOtherOwner(on, workspaceId, userId)) return;
  throw new ConflictError('last_owner', 'This is the only owner of the workspace: make another member owner first.');
}

async function demand(on: Executor, { principal }: CallContext, userId: string): Promise<StoredMember> {
  const member = await readMember(on, principal.workspaceId, userId);
  if (!member) throw new NotFoundError('member', userId);
  return member;
}

function shown({ id, name, email, role, joined_at, version, updated_at }: StoredMember): Member {
  return { id, name, email, role, joined_at, version, updated_at };
}
