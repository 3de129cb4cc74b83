import { del, get, idOf, operations, path, post } from '@mono/contract';
import { authErrors } from './auth.errors.js';
import { AcceptInvite, CreateInvite, Invite, InvitePage, InviteQuery } from './members.js';
import { SET_PASSWORD_TIMEOUT_MS } from './users.js';

const invite = path('/v1/invites/:id', { id: idOf('invite') });
const entityTag = ({ version }: Invite): string => String(version);

export const invitesOperations = operations(
  'auth',
  { tag: 'invites', errors: authErrors },
  {
    createInvite: post('/v1/invites', {
      summary: 'Invite somebody by mail',
      description: 'Gives a role up to your own. An open invite to the address is renewed.',
      answer: 'The invite.',
      scope: 'admin',
      // The access that it gives outlives the token.
      personalTokens: 'none',
      body: CreateInvite,
      reply: Invite,
      etag: entityTag,
      location: ({ id }) => `/v1/invites/${id}`,
      idempotencyKey: true,
      errors: ['already_member'],
    }),
    findInvites: get('/v1/invites', {
      summary: 'List the open invites',
      description: 'Invites that are neither accepted, revoked nor expired. Their links are sent by mail only.',
      answer: 'A page of invites.',
      scope: 'admin',
      query: InviteQuery,
      reply: InvitePage,
    }),
    getInvite: get(invite, {
      summary: 'Get an open invite',
      description: 'Shows address, role and expiry of an invite. The link is sent by mail only.',
      answer: 'The invite.',
      scope: 'admin',
      reply: Invite,
      etag: entityTag,
      errors: ['invite_not_found'],
    }),
    revokeInvite: del(invite, {
      summary: 'Revoke an invite',
      description:
        'Disables the link in the mail. An invite that has been accepted cannot be revoked: remove the member.',
      answer: 'Invite revoked.',
      scope: 'admin',
      ifMatch: true,
      errors: ['invite_not_found'],
    }),
    /** Without `Idempotency-Key`: there is no caller to keep an answer for, and the link works once. */
    acceptInvite: post('/v1/invites/accept', {
      summary: 'Accept an invite',
      description: 'Joins the workspace by the token in the mail. A person without an account gets one.',
      answer: 'The user is a member and can sign in.',
      scope: 'anybody',
      body: AcceptInvite,
      errors: ['link_invalid'],
      timeoutMs: SET_PASSWORD_TIMEOUT_MS,
      route: 'local-first',
    }),
  },
);
