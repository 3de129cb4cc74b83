// Look-up of access tokens: the token names user and session; the database knows whether the session is active, and the role.
import { Controller } from '@nestjs/common';
import type { InputOf, Principal } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import { isUUID } from 'class-validator';
import {
  authErrors,
  invalidAccessToken,
  ownOnlyOf,
  scopesOfRole,
  usersOperations,
  type JsonWebKeySet,
} from '../../contract/index.js';
import { findAccess } from '../persistence/sessions.js';
import { AccessTokens } from './access-tokens.js';
import { SigningKeys } from './signing-keys.js';

/** Contains nothing. A user without workspaces can still change or delete the account, and create a workspace. */
export const NO_WORKSPACE = '00000000-0000-0000-0000-000000000000';
const MAX_ECHO = 64;

@Controller()
export class AccessController {
  constructor(
    private readonly database: Database,
    private readonly tokens: AccessTokens,
    private readonly keys: SigningKeys,
  ) {}

  /** Always reads the database: the caller remembers the answer, and may know of a change before this node. */
  @Operation(usersOperations.verifyToken)
  async verifyToken({ token, workspace }: InputOf<typeof usersOperations.verifyToken>): Promise<Principal> {
    const { userId, sessionId } = await this.tokens.verify(token);
    if (workspace !== undefined && !isUUID(workspace)) throw authErrors.workspace_not_found({ id: echo(workspace) });
    const access = await findAccess(this.database, userId, sessionId, workspace);
    if (!access) throw invalidAccessToken();
    const { workspace_id: workspaceId, role, timezone, time_entries_visible_to: visibleTo } = access;
    const user = { kind: 'user', id: userId, sessionId, timezone } as const;
    if (workspaceId !== null && role !== null)
      return { ...user, workspaceId, role, scopes: scopesOfRole(role), ...ownOnlyOf(role, visibleTo) };
    // The same for a workspace that does not exist.
    if (workspace !== undefined) throw authErrors.workspace_not_found({ id: echo(workspace) });
    return { ...user, workspaceId: NO_WORKSPACE, scopes: [] };
  }

  @Operation(usersOperations.jwks)
  jwks(): Promise<JsonWebKeySet> {
    return this.keys.jwks();
  }
}

function echo(workspace: string): string {
  return workspace.slice(0, MAX_ECHO);
}
