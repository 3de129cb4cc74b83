import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf, replying } from '@mono/platform';
import {
  MembersApi,
  membersRequests,
  type AcceptInviteVisit,
  type CreateInvite,
  type CreateWorkspace,
  type Invite,
  type InviteId,
  type InvitePage,
  type InviteQuery,
  type Member,
  type MemberId,
  type MemberIds,
  type MemberPage,
  type MemberQuery,
  type MembersAmong,
  type UpdateMember,
  type Workspace,
} from '../../contract/index.js';
import { callerOf } from './caller-of.js';

@Controller()
export class MembersHandlers {
  constructor(@Inject(MembersApi) private readonly members: MembersApi) {}

  @RequestHandler(membersRequests.createWorkspace)
  createWorkspace(input: CreateWorkspace, context: BusContext): Promise<Workspace> {
    return replying(context, this.members.createWorkspace(callContextOf(context), input));
  }

  @RequestHandler(membersRequests.findMembers)
  find(query: MemberQuery, context: BusContext): Promise<MemberPage> {
    return this.members.findMembers(callContextOf(context), query);
  }

  @RequestHandler(membersRequests.getMember)
  get({ id }: MemberId, context: BusContext): Promise<Member> {
    return this.members.getMember(callContextOf(context), id);
  }

  @RequestHandler(membersRequests.updateMember)
  update({ id, patch }: UpdateMember, context: BusContext): Promise<Member> {
    return this.members.updateMember(callContextOf(context), id, patch);
  }

  @RequestHandler(membersRequests.removeMember)
  remove({ id }: MemberId, context: BusContext): Promise<void> {
    return this.members.removeMember(callContextOf(context), id);
  }

  @RequestHandler(membersRequests.createInvite)
  createInvite(input: CreateInvite, context: BusContext): Promise<Invite> {
    return replying(context, this.members.createInvite(callContextOf(context), input));
  }

  @RequestHandler(membersRequests.findInvites)
  findInvites(query: InviteQuery, context: BusContext): Promise<InvitePage> {
    return this.members.findInvites(callContextOf(context), query);
  }

  @RequestHandler(membersRequests.getInvite)
  getInvite({ id }: InviteId, context: BusContext): Promise<Invite> {
    return this.members.getInvite(callContextOf(context), id);
  }

  @RequestHandler(membersRequests.revokeInvite)
  revokeInvite({ id }: InviteId, context: BusContext): Promise<void> {
    return this.members.revokeInvite(callContextOf(context), id);
  }

  @RequestHandler(membersRequests.acceptInvite)
  acceptInvite(visit: AcceptInviteVisit, context: BusContext): Promise<void> {
    return this.members.acceptInvite(callerOf(visit, context), visit.input);
  }

  @RequestHandler(membersRequests.membersAmong)
  async among({ workspace_id, user_ids }: MembersAmong): Promise<MemberIds> {
    const members = await this.members.memberships(workspace_id, user_ids);
    return {
      user_ids: members.map(({ user_id }) => user_id),
      joined_at: members.map(({ joined_at }) => joined_at),
    };
  }
}
