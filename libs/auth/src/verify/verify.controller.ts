// Look-up of API keys, with the same work for an unknown key as for a known one.
import { timingSafeEqual } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import type { InputOf } from '@mono/contract';
import { Database, Operation, LookupBatcher, type Executor } from '@mono/platform';
import { apiKeysOperations, unauthorized, type VerifiedApiKey } from '../../contract/index.js';
import { LastUsed } from '../api-keys/last-used.js';
import { findCredentials, type StoredCredential } from '../persistence/api-key-secrets.js';

const NO_HASH = Buffer.alloc(32);

@Controller()
export class VerifyController {
  private readonly credentials: LookupBatcher<StoredCredential>;

  constructor(
    @Inject(Database) database: Executor,
    private readonly lastUsed: LastUsed,
  ) {
    this.credentials = new LookupBatcher((shortIds) => findCredentials(database, shortIds));
  }

  /** Always reads the database: the caller remembers the answer, and may know of a change before this node. */
  @Operation(apiKeysOperations.verify)
  async verify({
    environment,
    short_id,
    secret_hash,
  }: InputOf<typeof apiKeysOperations.verify>): Promise<VerifiedApiKey> {
    const secretHash = Buffer.from(secret_hash, 'base64url');
    if (secretHash.length !== NO_HASH.length) throw unauthorized();
    const known = await this.credentials.ask(short_id);
    const matches = timingSafeEqual(known?.secret_hash ?? NO_HASH, secretHash);
    if (!known || !matches || known.environment !== environment) throw unauthorized();
    this.lastUsed.note(known.id);
    return verdictOf(known);
  }
}

function verdictOf(credential: StoredCredential): VerifiedApiKey {
  const { id, workspace_id, timezone, scopes, list_ids, allowed_ips, expires_at } = credential;
  return {
    principal: {
      kind: 'api_key',
      id,
      workspaceId: workspace_id,
      scopes,
      timezone,
      ...(list_ids !== null && { listIds: list_ids }),
    },
    allowed_ips,
    expires_at: expires_at === null ? null : Date.parse(expires_at),
  };
}
