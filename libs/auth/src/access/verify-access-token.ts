// Verification of access tokens: the token says who, the database whether the session lives and what the user may do.
import { NotFoundError, type Principal } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { isUUID } from 'class-validator';
import { accessTokenRefused, scopesOfRole, type RememberedUsers } from '../../contract/index.js';
import { findAccess } from '../persistence/sessions.js';
import type { AccessTokens } from './access-tokens.js';

/** Where nothing is: who is in no workspace can still look after the account, or make one. */
export const NO_WORKSPACE = '00000000-0000-0000-0000-000000000000';
/** Of what a client says that makes no sense. */
const LONGEST_SHOWN = 64;

export class VerifyAccessToken {
  constructor(
    private readonly tokens: Pick<AccessTokens, 'verify'>,
    private readonly database: Executor,
    private readonly remembered: RememberedUsers,
  ) {}

  /**
   * Believes what was looked up some seconds ago unless it has heard otherwise.
   * @param workspace `X-Workspace`; undefined: the workspace that the user joined first, if any.
   * @throws DomainError `unauthorized`; `workspace_not_found` for one the user is not in.
   */
  async verify(token: string, workspace: string | undefined): Promise<Principal> {
    return (
      this.remembered.recall(token, workspace) ??
      this.remembered.learn(token, workspace, () => this.lookUp(token, workspace))
    );
  }

  recognises(token: string): boolean {
    return this.remembered.recognises(token);
  }

  /** For other nodes, which believe the answer themselves: it must not be older than what they have heard. @throws as verify. */
  async lookUp(token: string, workspace: string | undefined): Promise<Principal> {
    const { userId, sessionId } = await this.tokens.verify(token);
    if (workspace !== undefined && !isUUID(workspace)) throw noMember(workspace);
    const access = await findAccess(this.database, userId, sessionId, workspace);
    if (!access) throw accessTokenRefused();
    const { workspace_id: workspaceId, role } = access;
    const user = { kind: 'user', id: userId, sessionId } as const;
    if (workspaceId !== null && role !== null) return { ...user, workspaceId, role, scopes: scopesOfRole(role) };
    if (workspace !== undefined) throw noMember(workspace);
    return { ...user, workspaceId: NO_WORKSPACE, scopes: [] };
  }
}

/** The same for a workspace that does not exist. */
function noMember(workspace: string): NotFoundError {
  return new NotFoundError('workspace', workspace.slice(0, LONGEST_SHOWN));
}
