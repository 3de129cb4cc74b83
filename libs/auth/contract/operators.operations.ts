// Users, workspaces and links of the whole installation. Operators reach all of it: a limit to lists of one workspace says nothing.
import { del, get, idOf, operations, path, post, type ClientOf } from '@mono/contract';
import { authErrors } from './auth.errors.js';
import { OneTimeLink, UserAccount, UserAccountPage, UserAccountQuery } from './operators.js';

const USER = '/v1/admin/users/:id';
const user = { id: idOf('user') };
const entityTag = ({ version }: UserAccount): string => String(version);
const FOR_OPERATORS = { scope: 'operator', respectsLists: true } as const;

export const operatorsOperations = operations(
  'auth',
  { tag: 'operators', errors: authErrors },
  {
    findUsers: get('/v1/admin/users', {
      ...FOR_OPERATORS,
      summary: 'List the users of the installation',
      description: 'The accounts of all workspaces, including those that are disabled.',
      answer: 'A page of users, oldest first.',
      query: UserAccountQuery,
      reply: UserAccountPage,
    }),
    getUser: get(path(USER, user), {
      ...FOR_OPERATORS,
      summary: 'Get a user of the installation',
      description: 'Shows an account of any workspace, also one that is disabled.',
      answer: 'The user.',
      reply: UserAccount,
      etag: entityTag,
      errors: ['user_not_found'],
    }),
    disableUser: post(path(`${USER}/disable`, user), {
      ...FOR_OPERATORS,
      summary: 'Disable a user',
      description:
        'Ends all sessions, personal access tokens and links in mails for good; `enable` brings none of them back. The user cannot sign in, and gets no mails. Memberships, assigned tasks and the API keys of workspaces stay. A disabled user stays disabled.',
      answer: 'The disabled user.',
      reply: UserAccount,
      etag: entityTag,
      errors: ['user_not_found'],
    }),
    enableUser: post(path(`${USER}/enable`, user), {
      ...FOR_OPERATORS,
      summary: 'Enable a disabled user',
      description: 'The user can sign in again with the same password, and must create new personal access tokens.',
      answer: 'The enabled user.',
      reply: UserAccount,
      etag: entityTag,
      errors: ['user_not_found'],
    }),
    deleteUser: del(path(USER, user), {
      ...FOR_OPERATORS,
      summary: 'Delete a user',
      description:
        'Deletes sessions, personal access tokens, memberships and personal filters, and the workspaces that the user owns without other members. Open tasks are unassigned. The only owner of a workspace with other members is refused.',
      answer: 'User deleted.',
      ifMatch: true,
      errors: ['user_not_found', 'last_owner'],
    }),
    /** Without `Idempotency-Key`: the answer is a secret, and a second link does no harm. */
    createPasswordLink: post(path(`${USER}/password-link`, user), {
      ...FOR_OPERATORS,
      summary: 'Create a one-time link to set a password',
      description:
        'The link is the one of `POST /v1/auth/forgot-password`, for installations without mail: it works once, within an hour. Nothing is sent. The password stays as it is until the link is used.',
      answer: 'The link, shown only once.',
      reply: OneTimeLink,
      showsSecret: true,
      errors: ['user_not_found', 'user_disabled'],
    }),
    getInviteLink: post(path('/v1/admin/invites/:id/link', { id: idOf('invite') }), {
      ...FOR_OPERATORS,
      summary: 'Get the link of an open invite',
      description: 'The link that the mail contains, for installations without mail. It works once. Nothing is sent.',
      answer: 'The link.',
      reply: OneTimeLink,
      showsSecret: true,
      errors: ['invite_not_found', 'link_invalid'],
    }),
    deleteWorkspace: del(path('/v1/admin/workspaces/:id', { id: idOf('workspace') }), {
      ...FOR_OPERATORS,
      summary: 'Delete a workspace',
      description:
        'Members, API keys and invites end at once; lists, tasks, templates, time entries, webhooks and the change feed are then erased for good. Users stay. The default workspace is refused.',
      answer: 'Workspace deleted.',
      ifMatch: true,
      errors: ['workspace_not_found', 'default_workspace'],
    }),
  },
);

export type OperatorsClient = ClientOf<typeof operatorsOperations>;
