// What is asked about members and invites over the bus.
import { defineRequest, type Contract } from '@mono/bus';
import { IdsField, ObjectField, UuidField } from '@mono/contract';
import { exposed } from '@mono/platform';
import {
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
import { Visit } from './users-requests.js';
import { CreateWorkspace, Workspace } from './workspaces.js';

/** How many users one question may be about: as many as a batch can name. */
export const MAX_MEMBERS_AMONG = 1_000;

export class MemberId {
  @UuidField({ description: 'The user.' })
  id: string;
}

export class UpdateMember extends MemberId {
  @ObjectField(() => MemberPatch, { description: 'A merge patch.' })
  patch: MemberPatch;
}

export class InviteId {
  @UuidField({ description: 'The invite.' })
  id: string;
}

export class AcceptInviteVisit extends Visit {
  @ObjectField(() => AcceptInvite, { description: 'What was sent.' })
  input: AcceptInvite;
}

export class MembersAmong {
  @UuidField({ description: 'The workspace.' })
  workspace_id: string;

  @IdsField({ description: 'Users.', maxItems: MAX_MEMBERS_AMONG })
  user_ids: string[];
}

export class MemberIds {
  user_ids: string[];
  /** When each of them joined, in the order of `user_ids`. A node of the previous release leaves it out. */
  joined_at?: (string | null)[];
}

const module = 'auth';
const TIMEOUT_MS = 15_000;
const entityTag = ({ version }: { version: number }): string => String(version);
const reads = { module, idempotent: true, timeoutMs: TIMEOUT_MS };
const writes = { module, timeoutMs: TIMEOUT_MS };

export const membersRequests = {
  createWorkspace: defineRequest({
    ...writes,
    ...exposed({ scope: null, user: true, replayable: true, entityTag }),
    name: 'create_workspace',
    request: CreateWorkspace,
    reply: Workspace,
  }),
  findMembers: defineRequest({
    ...reads,
    ...exposed({ scope: 'tasks:read' }),
    name: 'find_members',
    request: MemberQuery,
    reply: MemberPage,
  }),
  getMember: defineRequest({
    ...reads,
    ...exposed({ scope: 'tasks:read', entityTag }),
    name: 'get_member',
    request: MemberId,
    reply: Member,
  }),
  updateMember: defineRequest({
    ...writes,
    ...exposed({ scope: 'admin', guarded: true, entityTag }),
    name: 'update_member',
    request: UpdateMember,
    reply: Member,
  }),
  /** Anybody may leave. */
  removeMember: defineRequest<MemberId>({
    ...writes,
    ...exposed({ scope: null, guarded: true }),
    name: 'remove_member',
    request: MemberId,
  }),
  createInvite: defineRequest({
    ...writes,
    ...exposed({ scope: 'admin', replayable: true, entityTag }),
    name: 'create_invite',
    request: CreateInvite,
    reply: Invite,
  }),
  findInvites: defineRequest({
    ...reads,
    ...exposed({ scope: 'admin' }),
    name: 'find_invites',
    request: InviteQuery,
    reply: InvitePage,
  }),
  getInvite: defineRequest({
    ...reads,
    ...exposed({ scope: 'admin', entityTag }),
    name: 'get_invite',
    request: InviteId,
    reply: Invite,
  }),
  revokeInvite: defineRequest<InviteId>({
    ...writes,
    ...exposed({ scope: 'admin', guarded: true }),
    name: 'revoke_invite',
    request: InviteId,
  }),
  acceptInvite: defineRequest<AcceptInviteVisit>({
    ...writes,
    name: 'accept_invite',
    request: AcceptInviteVisit,
    internal: true,
    route: 'local-first',
  }),
  membersAmong: defineRequest({
    ...reads,
    name: 'members_among',
    request: MembersAmong,
    reply: MemberIds,
    internal: true,
    route: 'local-first',
  }),
} as const;

export const membersContracts: readonly Contract[] = Object.values(membersRequests);
