import { get, idOf, operations, patch, path, post, type ClientOf } from '@mono/contract';
import { authErrors } from './auth.errors.js';
import { CreateWorkspace, Workspace, WorkspacePage, WorkspacePatch, WorkspaceQuery } from './workspaces.js';

const workspace = path('/v1/workspaces/:id', { id: idOf('workspace') });
const entityTag = ({ version }: Workspace): string => String(version);

export const workspacesOperations = operations(
  'auth',
  { tag: 'workspaces', errors: authErrors },
  {
    createWorkspace: post('/v1/workspaces', {
      summary: 'Create a workspace',
      description: 'The caller becomes its owner.',
      answer: 'The created workspace.',
      scope: 'user',
      personalTokens: 'none',
      body: CreateWorkspace,
      reply: Workspace,
      etag: entityTag,
      location: ({ id }) => `/v1/workspaces/${id}`,
      idempotencyKey: true,
      errors: ['too_many_workspaces'],
    }),
    findWorkspaces: get('/v1/workspaces', {
      summary: 'List your workspaces',
      description: 'All workspaces of a user. For an API key, the one that it belongs to.',
      answer: 'A page of workspaces.',
      scope: null,
      respectsLists: true,
      query: WorkspaceQuery,
      reply: WorkspacePage,
    }),
    getWorkspace: get(workspace, {
      summary: 'Get a workspace',
      description: 'Shows name and time zone of a workspace that the caller belongs to.',
      answer: 'The workspace.',
      scope: null,
      respectsLists: true,
      reply: Workspace,
      etag: entityTag,
      errors: ['workspace_not_found'],
    }),
    updateWorkspace: patch(workspace, {
      summary: 'Update a workspace',
      description:
        'Changes the given fields, as a JSON Merge Patch. The time zone applies to lists and users without one of their own.',
      answer: 'The updated workspace.',
      scope: 'admin',
      patch: WorkspacePatch,
      reply: Workspace,
      etag: entityTag,
      ifMatch: true,
      errors: ['workspace_not_found'],
    }),
  },
);

export type WorkspacesClient = ClientOf<typeof workspacesOperations>;
