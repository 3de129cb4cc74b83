// Who is in a workspace, where the module does not run: each method is its request.
import type { Bus } from '@mono/bus';
import type { CallContext, PublicContext, Replayable } from '@mono/contract';
import { callOptionsOf, replayed } from '@mono/platform';
import { MembersApi, type JoinedMember } from './members-api.js';
import { membersRequests, type MemberIds } from './members-requests.js';
import type {
  AcceptInvite,
  CreateInvite,
  Invite,
  InvitePage,
  InviteQuery,
  Member,
  MemberPage,
  MemberPatch,
  MemberQuery,
} from './members.js';
import { visitOf } from './users-requests.js';
import type { CreateWorkspace, Workspace } from './workspaces.js';

export class MembersBusClient extends MembersApi {
  constructor(private readonly bus: Bus) {
    super();
  }

  createWorkspace(context: CallContext, input: CreateWorkspace): Promise<Replayable<Workspace>> {
    return replayed(this.bus.exchange(membersRequests.createWorkspace, input, callOptionsOf(context)));
  }

  findMembers(context: CallContext, query: MemberQuery): Promise<MemberPage> {
    return this.bus.request(membersRequests.findMembers, query, callOptionsOf(context));
  }

  getMember(context: CallContext, userId: string): Promise<Member> {
    return this.bus.request(membersRequests.getMember, { id: userId }, callOptionsOf(context));
  }

  updateMember(context: CallContext, userId: string, patch: MemberPatch): Promise<Member> {
    return this.bus.request(membersRequests.updateMember, { id: userId, patch }, callOptionsOf(context));
  }

  removeMember(context: CallContext, userId: string): Promise<void> {
    return this.bus.request(membersRequests.removeMember, { id: userId }, callOptionsOf(context));
  }

  createInvite(context: CallContext, input: CreateInvite): Promise<Replayable<Invite>> {
    return replayed(this.bus.exchange(membersRequests.createInvite, input, callOptionsOf(context)));
  }

  findInvites(context: CallContext, query: InviteQuery): Promise<InvitePage> {
    return this.bus.request(membersRequests.findInvites, query, callOptionsOf(context));
  }

  getInvite(context: CallContext, id: string): Promise<Invite> {
    return this.bus.request(membersRequests.getInvite, { id }, callOptionsOf(context));
  }

  revokeInvite(context: CallContext, id: string): Promise<void> {
    return this.bus.request(membersRequests.revokeInvite, { id }, callOptionsOf(context));
  }

  acceptInvite(caller: PublicContext, input: AcceptInvite): Promise<void> {
    const { requestId } = caller;
    return this.bus.request(membersRequests.acceptInvite, visitOf(caller, input), { requestId });
  }

  async membersAmong(workspaceId: string, userIds: readonly string[]): Promise<string[]> {
    return (await this.among(workspaceId, userIds)).user_ids;
  }

  async memberships(workspaceId: string, userIds: readonly string[]): Promise<JoinedMember[]> {
    const { user_ids, joined_at = [] } = await this.among(workspaceId, userIds);
    return user_ids.map((user_id, index) => ({ user_id, joined_at: joined_at[index] ?? null }));
  }

  private among(workspaceId: string, userIds: readonly string[]): Promise<MemberIds> {
    return this.bus.request(membersRequests.membersAmong, { workspace_id: workspaceId, user_ids: [...userIds] });
  }
}
