// The module's API about members and invites, by its use cases.
import type { CallContext, PublicContext, Replayable } from '@mono/contract';
import {
  MembersApi,
  type AcceptInvite,
  type CreateInvite,
  type CreateWorkspace,
  type Invite,
  type InvitePage,
  type InviteQuery,
  type Member,
  type MemberPage,
  type MemberPatch,
  type MemberQuery,
  type Workspace,
} from '../../contract/index.js';
import type { Workspaces } from '../workspaces/workspaces.js';
import type { Invites } from './invites.js';
import type { StoredJoining } from '../persistence/members.js';
import type { Members } from './members.js';

export class MembersUseCases extends MembersApi {
  constructor(
    private readonly workspaces: Workspaces,
    private readonly members: Members,
    private readonly invites: Invites,
  ) {
    super();
  }

  createWorkspace(context: CallContext, input: CreateWorkspace): Promise<Replayable<Workspace>> {
    return this.workspaces.found(context, input);
  }

  findMembers(context: CallContext, query: MemberQuery): Promise<MemberPage> {
    return this.members.find(context, query);
  }

  getMember(context: CallContext, userId: string): Promise<Member> {
    return this.members.get(context, userId);
  }

  updateMember(context: CallContext, userId: string, patch: MemberPatch): Promise<Member> {
    return this.members.update(context, userId, patch);
  }

  removeMember(context: CallContext, userId: string): Promise<void> {
    return this.members.remove(context, userId);
  }

  createInvite(context: CallContext, input: CreateInvite): Promise<Replayable<Invite>> {
    return this.invites.create(context, input);
  }

  findInvites(context: CallContext, query: InviteQuery): Promise<InvitePage> {
    return this.invites.find(context, query);
  }

  getInvite(context: CallContext, id: string): Promise<Invite> {
    return this.invites.get(context, id);
  }

  revokeInvite(context: CallContext, id: string): Promise<void> {
    return this.invites.revoke(context, id);
  }

  acceptInvite(caller: PublicContext, input: AcceptInvite): Promise<void> {
    return this.invites.accept(caller, input);
  }

  async membersAmong(workspaceId: string, userIds: readonly string[]): Promise<string[]> {
    return (await this.memberships(workspaceId, userIds)).map(({ user_id }) => user_id);
  }

  memberships(workspaceId: string, userIds: readonly string[]): Promise<StoredJoining[]> {
    return this.members.among(workspaceId, userIds);
  }
}
