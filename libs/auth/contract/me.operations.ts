import { del, get, idOf, operations, patch, path } from '@mono/contract';
import { authErrors } from './auth.errors.js';
import { Caller } from './whoami.js';
import { DeleteMe, SessionPage, User, userEntityTag, UserPatch } from './users.js';

export const meOperations = operations(
  'auth',
  { tag: 'me', errors: authErrors },
  {
    getMe: get('/v1/me', {
      summary: 'Get the signed-in user',
      description:
        'Shows name, address, time zone and language of the user, for sessions and personal access tokens. API keys call `GET /v1/whoami`.',
      answer: 'The user.',
      scope: 'user',
      respectsLists: true,
      reply: User,
      etag: userEntityTag,
    }),
    updateMe: patch('/v1/me', {
      summary: 'Update the signed-in user',
      description:
        'Changes the given fields, as a JSON Merge Patch. The time zone applies to due dates, filters and mails of the user.',
      answer: 'The updated user.',
      scope: 'user',
      patch: UserPatch,
      reply: User,
      etag: userEntityTag,
      ifMatch: true,
    }),
    /** For every credential. */
    whoami: get('/v1/whoami', {
      summary: 'Get the caller',
      description: 'Describes the credential of the call: key, session or personal access token, with its rights.',
      answer: 'The caller.',
      scope: null,
      respectsLists: true,
      reply: Caller,
    }),
    deleteMe: del('/v1/me', {
      summary: 'Delete the account',
      description: 'Deletes the workspaces that the user owns without other members, too.',
      answer: 'Account deleted.',
      scope: 'user',
      personalTokens: 'none',
      body: DeleteMe,
      ifMatch: true,
      errors: ['wrong_password', 'fresh_sign_in_required', 'last_owner'],
    }),
    findSessions: get('/v1/me/sessions', {
      summary: 'List the sessions of the signed-in user',
      description:
        'One session for each sign-in that has not ended, with device and last use. `current` marks the one that calls.',
      answer: 'All active sessions.',
      scope: 'user',
      personalTokens: 'none',
      reply: SessionPage,
    }),
    revokeSession: del(path('/v1/me/sessions/:id', { id: idOf('session') }), {
      summary: 'End a session of the signed-in user',
      description: 'Revokes the refresh token of the session, for instance that of a lost device.',
      answer: 'Session ended.',
      scope: 'user',
      personalTokens: 'none',
      errors: ['session_not_found'],
    }),
  },
);
