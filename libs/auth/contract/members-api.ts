// Who is in a workspace: what controllers and bus handlers call. Implemented by the use cases and, where the module does not
// run, by a client over the bus.
import type { CallContext, PublicContext, Replayable } from '@mono/contract';
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
import type { CreateWorkspace, Workspace } from './workspaces.js';

/** Every method throws DomainError with the codes of ./members-errors.ts. Nobody gives a role above their own, or touches who has one. */
export abstract class MembersApi {
  /** The caller, a signed-in user, becomes its owner. @throws `too_many_workspaces`. */
  abstract createWorkspace(context: CallContext, input: CreateWorkspace): Promise<Replayable<Workspace>>;

  abstract findMembers(context: CallContext, query: MemberQuery): Promise<MemberPage>;
  /** @param userId the member. @throws `member_not_found`. */
  abstract getMember(context: CallContext, userId: string): Promise<Member>;
  /** @throws `member_not_found`, `forbidden`, `last_owner`. */
  abstract updateMember(context: CallContext, userId: string, patch: MemberPatch): Promise<Member>;
  /** Whoever removes themselves leaves. @throws as updateMember. */
  abstract removeMember(context: CallContext, userId: string): Promise<void>;

  /** Of who is invited already, the invite is renewed: its former link leads nowhere. @throws `already_member`, `forbidden`. */
  abstract createInvite(context: CallContext, input: CreateInvite): Promise<Replayable<Invite>>;
  /** Those that can still be accepted. */
  abstract findInvites(context: CallContext, query: InviteQuery): Promise<InvitePage>;
  /** @throws `invite_not_found`, also for one that cannot be accepted any more. */
  abstract getInvite(context: CallContext, id: string): Promise<Invite>;
  /** @throws `invite_not_found`. */
  abstract revokeInvite(context: CallContext, id: string): Promise<void>;
  /** @throws `link_invalid`; InvalidInputError where a new account is needed and there is no name or no password. */
  abstract acceptInvite(caller: PublicContext, input: AcceptInvite): Promise<void>;

  /** For modules: those of these users that are in the workspace. */
  abstract membersAmong(workspaceId: string, userIds: readonly string[]): Promise<string[]>;
  /** For modules: the same, with when each of them joined. */
  abstract memberships(workspaceId: string, userIds: readonly string[]): Promise<JoinedMember[]>;
}

/** A user who leaves and comes back has another membership, which began later. */
export interface JoinedMember {
  user_id: string;
  /** RFC 3339, by the clock of auth's database; null from a node of the previous release. */
  joined_at: string | null;
}
