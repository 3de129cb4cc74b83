import { del, get, idOf, operations, patch, path } from '@mono/contract';
import { authErrors } from './auth.errors.js';
import { DeleteMe, SessionPage, User, userEntityTag, UserPatch } from './users.js';

export const meOperations = operations(
  'auth',
  { tag: 'me', errors: authErrors },
  {
    getMe: get('/v1/me', {
      summary: 'Get the signed-in user',
      answer: 'The user.',
      scope: 'user',
      reply: User,
      etag: userEntityTag,
    }),
    updateMe: patch('/v1/me', {
      summary: 'Update the signed-in user',
      answer: 'The updated user.',
      scope: 'user',
      patch: UserPatch,
      reply: User,
      etag: userEntityTag,
      ifMatch: true,
    }),
    deleteMe: del('/v1/me', {
      summary: 'Delete the account',
      description: 'Deletes the workspaces without other members, too.',
      answer: 'Account deleted.',
      scope: 'user',
      body: DeleteMe,
      ifMatch: true,
      errors: ['wrong_password', 'fresh_sign_in_required', 'last_owner'],
    }),
    findSessions: get('/v1/me/sessions', {
      summary: 'List the sessions of the signed-in user',
      answer: 'All active sessions.',
      scope: 'user',
      reply: SessionPage,
    }),
    revokeSession: del(path('/v1/me/sessions/:id', { id: idOf('session') }), {
      summary: 'End a session of the signed-in user',
      answer: 'Session ended.',
      scope: 'user',
      errors: ['session_not_found'],
    }),
  },
);
