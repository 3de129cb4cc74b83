import { del, get, idOf, IdsField, internal, operations, patch, path, UuidField } from '@mono/contract';
import { authErrors } from './auth.errors.js';
import { Member, MemberPage, MemberPatch, MemberQuery } from './members.js';

/** How many users one question may name: as many as a batch can. */
export const MAX_MEMBERS_AMONG = 1_000;

export class MembersAmong {
  @UuidField({ description: 'The workspace.' })
  workspace_id: string;

  @IdsField({ description: 'Users.', maxItems: MAX_MEMBERS_AMONG })
  user_ids: string[];
}

export class MemberNames {
  /** In the order of `user_ids`; null for users that are not known. */
  names: (string | null)[];
}

export class MemberIds {
  user_ids: string[];
  /** When each of them joined, in the order of `user_ids`. A node of the previous release leaves it out. */
  joined_at?: (string | null)[];
  /** Those of `user_ids` that are disabled. A node of the previous release leaves it out. */
  disabled?: string[];
}

const member = path('/v1/members/:id', { id: idOf('member') });
const entityTag = ({ status, version }: Member): string =>
  status === 'former' ? `${version}.former` : String(version);

export const membersOperations = operations(
  'auth',
  { tag: 'members', errors: authErrors },
  {
    /** Callers that are limited to lists read members too: tasks name them as assignees. */
    findMembers: get('/v1/members', {
      summary: 'List the members of the workspace',
      description: 'Ordered by id. Former members only with `include_former=true`.',
      answer: 'A page of members.',
      scope: 'tasks:read',
      respectsLists: true,
      query: MemberQuery,
      reply: MemberPage,
    }),
    getMember: get(member, {
      summary: 'Get a member',
      description: 'Also a former member: the name remains for tasks, time and history. The status says which.',
      answer: 'The member.',
      scope: 'tasks:read',
      respectsLists: true,
      reply: Member,
      etag: entityTag,
      errors: ['member_not_found'],
    }),
    updateMember: patch(member, {
      summary: 'Change the role of a member',
      description: 'Gives a role up to your own.',
      answer: 'The updated member.',
      scope: 'admin',
      // The access that it gives outlives the token.
      personalTokens: 'none',
      patch: MemberPatch,
      reply: Member,
      etag: entityTag,
      ifMatch: true,
      errors: ['member_not_found', 'last_owner'],
    }),
    /** Anybody may leave. */
    removeMember: del(member, {
      summary: 'Remove a member, or leave',
      description: 'The tasks of the workspace stay, and the name of the member: see `status`.',
      answer: 'Member removed.',
      scope: null,
      ifMatch: true,
      errors: ['member_not_found', 'last_owner'],
    }),
    /** The asking module has these ids from its own rows of the workspace: they are of members, present or former. */
    memberNames: internal({
      summary: 'Get the names of members and former members',
      body: MembersAmong,
      reply: MemberNames,
      reads: true,
      route: 'local-first',
    }),
    membersAmong: internal({
      summary: 'List which of these users are members',
      body: MembersAmong,
      reply: MemberIds,
      reads: true,
      route: 'local-first',
    }),
  },
);
