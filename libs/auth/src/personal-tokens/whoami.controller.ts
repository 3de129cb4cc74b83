// The caller, described to itself: keys, sessions and personal access tokens.
import { Controller } from '@nestjs/common';
import type { CallContext, Principal } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import {
  invalidAccessToken,
  invalidPersonalToken,
  meOperations,
  unauthorized,
  type Caller,
  type NamedThing,
  type Role,
} from '../../contract/index.js';
import { readApiKey } from '../persistence/api-keys.js';
import { readPersonalToken } from '../persistence/personal-tokens.js';
import { findSessions } from '../persistence/sessions.js';
import { findMemberships, findUser } from '../persistence/users.js';
import { readWorkspace } from '../persistence/workspaces.js';

type Credential = Pick<Caller, 'kind' | 'id' | 'name' | 'expires_at'>;

@Controller()
export class WhoamiController {
  constructor(private readonly database: Database) {}

  @Operation(meOperations.whoami)
  async whoami(_input: undefined, { principal }: CallContext): Promise<Caller> {
    const { workspaceId, scopes, listIds = null } = principal;
    const rights = { scopes: [...scopes], list_ids: listIds && [...listIds] };
    if (principal.kind === 'user') return { ...(await this.user(principal)), ...rights };
    const row = await readWorkspace(this.database, workspaceId);
    const workspace = row ? named(row) : null;
    const about = { user: null, role: null, workspace, workspaces: workspace ? [workspace] : [], ...rights };
    return { ...(await this.programOf(principal)), ...about };
  }

  private async programOf({ kind, id, workspaceId }: Principal): Promise<Credential> {
    if (kind === 'system') return { kind, id, name: null, expires_at: null };
    const key = await readApiKey(this.database, workspaceId, id);
    if (!key) throw unauthorized();
    return { kind: 'api_key', id, name: key.name, expires_at: key.expires_at };
  }

  private async user(principal: Principal): Promise<Omit<Caller, 'scopes' | 'list_ids'>> {
    const { id, workspaceId, role = null, tokenId } = principal;
    const [user, memberships] = await Promise.all([findUser(this.database, id), findMemberships(this.database, id)]);
    if (!user) throw invalidAccessToken();
    const { only, ...credential } = await (tokenId === undefined
      ? this.sessionOf(principal)
      : this.tokenOf(id, tokenId));
    const workspaces = memberships.filter((one) => only === null || one.id === only).map(named);
    return {
      ...credential,
      user: named(user),
      workspace: workspaces.find((one) => one.id === workspaceId) ?? null,
      workspaces,
      role: role as Role | null,
    };
  }

  private async sessionOf({ id: userId, sessionId = '' }: Principal): Promise<Credential & { only: null }> {
    const session = (await findSessions(this.database, userId)).find(({ id }) => id === sessionId);
    if (!session) throw invalidAccessToken();
    return { kind: 'session', id: sessionId, name: null, expires_at: session.expires_at, only: null };
  }

  private async tokenOf(userId: string, tokenId: string): Promise<Credential & { only: string | null }> {
    const token = await readPersonalToken(this.database, userId, tokenId);
    if (!token) throw invalidPersonalToken();
    const { id, name, expires_at, workspace_id: only } = token;
    return { kind: 'personal_token', id, name, expires_at, only };
  }
}

function named({ id, name }: NamedThing): NamedThing {
  return { id, name };
}
