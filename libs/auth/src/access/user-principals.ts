// The rights of a signed-in user: looked up by session and workspace, and believed for some seconds.
import { NotFoundError, type Executor, type Principal } from '@mono/platform';
import { isUUID } from 'class-validator';
import { accessTokenRefused, SCOPES_BY_ROLE } from '../../contract/index.js';
import { findAccess } from '../persistence/sessions.js';

/** How long a looked-up session is believed without asking the database again; an edge elsewhere believes it as long again. */
const CACHE_AGE_MS = 2_500;
const CACHE_SIZE = 10_000;
/** Of what a client says that makes no sense. */
const LONGEST_SHOWN = 64;

export class UserPrincipals {
  private readonly remembered = new Map<string, Map<string, { principal: Principal; until: number }>>();

  constructor(
    private readonly database: Executor,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * @param workspace `X-Workspace`; undefined: the workspace that the user joined first.
   * @throws DomainError `unauthorized` where the session has ended; `workspace_not_found` for one the user is not in.
   */
  async principalOf(userId: string, sessionId: string, workspace: string | undefined): Promise<Principal> {
    const known = this.remembered.get(sessionId)?.get(workspace ?? '');
    if (known && known.until > this.now() && known.principal.id === userId) return known.principal;
    const principal = await this.lookUp(userId, sessionId, workspace);
    this.remember(sessionId, workspace ?? '', principal);
    return principal;
  }

  /** On this node: others believe what they know for some seconds more. */
  forget(sessionIds: readonly string[]): void {
    for (const id of sessionIds) this.remembered.delete(id);
  }

  private async lookUp(userId: string, sessionId: string, workspace: string | undefined): Promise<Principal> {
    if (workspace !== undefined && !isUUID(workspace)) throw noMember(workspace);
    const access = await findAccess(this.database, userId, sessionId, workspace);
    if (!access) throw accessTokenRefused();
    if (access.workspace_id === null || access.role === null) throw noMember(workspace);
    return {
      kind: 'user',
      id: userId,
      sessionId,
      workspaceId: access.workspace_id,
      scopes: SCOPES_BY_ROLE[access.role],
    };
  }

  private remember(sessionId: string, workspace: string, principal: Principal): void {
    if (this.remembered.size >= CACHE_SIZE) this.remembered.clear();
    const ofSession = this.remembered.get(sessionId) ?? new Map<string, { principal: Principal; until: number }>();
    ofSession.set(workspace, { principal, until: this.now() + CACHE_AGE_MS });
    this.remembered.set(sessionId, ofSession);
  }
}

/** The same for a workspace that does not exist. */
function noMember(workspace: string | undefined): NotFoundError {
  return new NotFoundError('workspace', (workspace ?? 'none').slice(0, LONGEST_SHOWN));
}
