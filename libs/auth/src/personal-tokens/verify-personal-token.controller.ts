// Look-up of personal access tokens, with the same work for an unknown one as for a known one.
import { timingSafeEqual } from 'node:crypto';
import { Controller } from '@nestjs/common';
import type { InputOf, Principal } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import { isUUID } from 'class-validator';
import {
  authErrors,
  invalidPersonalToken,
  ownOnlyOf,
  personalTokensOperations,
  rightsOfToken,
  type VerifiedPersonalToken,
} from '../../contract/index.js';
import { NO_WORKSPACE } from '../access/access.controller.js';
import { LastUsed } from '../api-keys/last-used.js';
import { findPersonalToken, type StoredPersonalToken } from '../persistence/personal-tokens.js';

const NO_HASH = Buffer.alloc(32);

@Controller()
export class VerifyPersonalTokenController {
  constructor(
    private readonly database: Database,
    private readonly lastUsed: LastUsed,
  ) {}

  /** Always reads the database: the caller remembers the answer, and may know of a change before this node. */
  @Operation(personalTokensOperations.verifyPersonalToken)
  async verifyPersonalToken({
    environment,
    short_id,
    secret_hash,
    workspace,
  }: InputOf<typeof personalTokensOperations.verifyPersonalToken>): Promise<VerifiedPersonalToken> {
    const secretHash = Buffer.from(secret_hash, 'base64url');
    if (secretHash.length !== NO_HASH.length) throw invalidPersonalToken();
    const isNamed = workspace !== undefined && isUUID(workspace);
    const known = await findPersonalToken(this.database, short_id, isNamed ? workspace : undefined);
    const matches = timingSafeEqual(known?.secret_hash ?? NO_HASH, secretHash);
    if (!known || !matches || known.environment !== environment) throw invalidPersonalToken();
    // The same for a workspace that does not exist, and for one beyond the token.
    if (workspace !== undefined && (!isNamed || known.role === null)) {
      throw authErrors.workspace_not_found({ id: workspace });
    }
    this.lastUsed.note(known.id, 'personal_token');
    return { principal: principalOf(known), expires_at: Date.parse(known.expires_at) };
  }
}

function principalOf(token: StoredPersonalToken): Principal {
  const { id: tokenId, user_id: id, place_id: workspaceId, role, scopes, list_ids, timezone } = token;
  const narrowed = !scopes.includes('*') || list_ids !== null;
  const user = {
    kind: 'user',
    id,
    tokenId,
    narrowed,
    timezone,
    ...(list_ids !== null && { listIds: list_ids }),
  } as const;
  if (workspaceId === null || role === null) return { ...user, workspaceId: NO_WORKSPACE, scopes: [] };
  const rights = rightsOfToken(role, token);
  return { ...user, workspaceId, ...rights, ...ownOnlyOf(rights.role, token.time_entries_visible_to) };
}
