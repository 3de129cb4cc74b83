// Members. Nobody gives a role above their own, or changes members above them, and a workspace keeps an owner.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  buildPage,
  DomainError,
  readPageRequest,
  requireVersion,
  type CallContext,
  type InputOf,
} from '@mono/contract';
import { Database, Operation, type Executor } from '@mono/platform';
import {
  authErrors,
  isAtLeast,
  membersOperations,
  type Member,
  type MemberIds,
  type MemberNames,
  type MemberPage,
  type Role,
} from '../../contract/index.js';
import {
  countMembers,
  findMemberRows,
  findMembersAmong,
  findNames,
  hasOtherOwner,
  readKnownMember,
  readMember,
  updateMemberRole,
  type KnownMember,
  type StoredMember,
} from '../persistence/members.js';
import { lockWorkspace } from '../persistence/workspaces.js';
import { requireGivable } from '../api-keys/rights.js';
import { currentRole } from './current-role.js';
import { removeMembership, revokeInvitesBeyond } from './lost-role.js';

@Controller()
export class MembersController {
  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
  ) {}

  @Operation(membersOperations.findMembers)
  async findMembers(
    query: InputOf<typeof membersOperations.findMembers>,
    { principal }: CallContext,
  ): Promise<MemberPage> {
    const { workspaceId } = principal;
    const includeFormer = query.include_former === 'true';
    const request = readPageRequest(query, ['uuid'], { workspace: workspaceId });
    return buildPage(request, {
      rows: await findMemberRows(this.database, workspaceId, request, includeFormer),
      item: (row) => shown(row, principal),
      key: ({ id }) => [id],
      total: request.countsExactly ? await countMembers(this.database, workspaceId, includeFormer) : undefined,
    });
  }

  @Operation(membersOperations.getMember)
  async getMember({ id }: InputOf<typeof membersOperations.getMember>, { principal }: CallContext): Promise<Member> {
    const member = await readKnownMember(this.database, principal.workspaceId, id);
    if (!member) throw authErrors.member_not_found({ id });
    return shown(member, principal);
  }

  @Operation(membersOperations.updateMember)
  updateMember(
    { id: userId, patch: { role } }: InputOf<typeof membersOperations.updateMember>,
    context: CallContext,
  ): Promise<Member> {
    const { workspaceId } = context.principal;
    return this.database.transaction(async (on) => {
      const member = await this.lock(on, context, userId);
      if (role === undefined || role === member.role) return shown(member, context.principal);
      await requireReach(on, context, [member.role, role]);
      await requireGivable(on, context, role);
      if (member.role === 'owner') await requireOtherOwner(on, workspaceId, userId);
      await updateMemberRole(on, context, workspaceId, member, role);
      await revokeInvitesBeyond(on, context, { workspaceId, userId, role });
      on.afterCommit(() => this.signal.wake());
      return shown(await requireMember(on, context, userId), context.principal);
    });
  }

  @Operation(membersOperations.removeMember)
  removeMember({ id: userId }: InputOf<typeof membersOperations.removeMember>, context: CallContext): Promise<void> {
    const { workspaceId, kind, id } = context.principal;
    return this.database.transaction(async (on) => {
      const member = await this.lock(on, context, userId);
      if (kind !== 'user' || id !== userId) await requireReach(on, context, [member.role]);
      if (member.role === 'owner') await requireOtherOwner(on, workspaceId, userId);
      await removeMembership(on, context, workspaceId, member);
      on.afterCommit(() => this.signal.wake());
    });
  }

  @Operation(membersOperations.memberNames)
  async memberNames({ workspace_id, user_ids }: InputOf<typeof membersOperations.memberNames>): Promise<MemberNames> {
    const rows = await findNames(this.database, workspace_id, user_ids);
    const names = new Map(rows.map(({ id, name }) => [id, name]));
    return { names: user_ids.map((id) => names.get(id) ?? null) };
  }

  @Operation(membersOperations.membersAmong)
  async membersAmong({ workspace_id, user_ids }: InputOf<typeof membersOperations.membersAmong>): Promise<MemberIds> {
    const members = await findMembersAmong(this.database, workspace_id, user_ids);
    return {
      user_ids: members.map(({ user_id }) => user_id),
      joined_at: members.map(({ joined_at }) => joined_at),
      disabled: members.filter(({ disabled }) => disabled).map(({ user_id }) => user_id),
    };
  }

  /** Two owners cannot remove each other at once. */
  private async lock(on: Executor, context: CallContext, userId: string): Promise<StoredMember> {
    await lockWorkspace(on, context.principal.workspaceId);
    const member = await requireMember(on, context, userId);
    requireVersion(context, member);
    return member;
  }
}

/** @throws DomainError `forbidden` for who is no admin, and for roles above the caller's own. */
export async function requireReach(on: Executor, context: CallContext, roles: readonly Role[]): Promise<void> {
  const own = await currentRole(on, context);
  if (!isAtLeast(own, 'admin')) throw new DomainError('forbidden', 'forbidden', 'This needs the role admin or owner.');
  const beyond = roles.find((role) => !isAtLeast(own, role));
  if (beyond !== undefined) throw new DomainError('forbidden', 'forbidden', `This needs the role ${beyond}.`);
}

async function requireOtherOwner(on: Executor, workspaceId: string, userId: string): Promise<void> {
  if (await hasOtherOwner(on, workspaceId, userId)) return;
  throw authErrors.last_owner({ workspace_id: workspaceId });
}

async function requireMember(on: Executor, { principal }: CallContext, userId: string): Promise<StoredMember> {
  const member = await readMember(on, principal.workspaceId, userId);
  if (!member) throw authErrors.member_not_found({ id: userId });
  return member;
}

/** Assignees need names; an address is nobody's business who sees a list only. */
function shown(
  { id, name, email, role, status, joined_at, version, updated_at }: KnownMember,
  { listIds }: CallContext['principal'],
): Member {
  const address = listIds === undefined && email !== null ? { email } : {};
  return { id, name, ...address, role, status, joined_at, version, updated_at };
}
