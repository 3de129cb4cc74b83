// Verification of API keys: the same work for an unknown key as for a known one, remembered for some seconds.
import { timingSafeEqual } from 'node:crypto';
import { Together, type Executor } from '@mono/platform';
import {
  parseApiKey,
  unauthorized,
  type ApiKeyCredential,
  type ApiKeyVerdict,
  type RememberedKeys,
} from '../../contract/index.js';
import { findCredentials, type StoredCredential } from '../persistence/api-key-secrets.js';

const NO_HASH = Buffer.alloc(32);

export class VerifyApiKey {
  private readonly credentials: Together<StoredCredential>;

  constructor(
    database: Executor,
    private readonly remembered: RememberedKeys,
    /** Hears of every verified use. */
    private readonly onUse: (keyId: string) => void = () => {},
  ) {
    this.credentials = new Together((shortIds) => findCredentials(database, shortIds));
  }

  /** Believes what was looked up some seconds ago unless it has heard otherwise. @throws DomainError `unauthorized`. */
  async verify(text: string): Promise<ApiKeyVerdict> {
    const sent = parseApiKey(text);
    if (!sent) throw unauthorized();
    const known = this.remembered.recall(sent);
    if (known) this.onUse(known.principal.id);
    return known ?? this.remembered.learn(sent, () => this.lookUp(sent));
  }

  recognises(text: string): boolean {
    const sent = parseApiKey(text);
    return sent !== undefined && this.remembered.recognises(sent);
  }

  /**
   * For other nodes, which believe the answer themselves: it must not be older than what they have heard.
   * @throws DomainError `unauthorized`.
   */
  async lookUp(sent: ApiKeyCredential): Promise<ApiKeyVerdict> {
    if (sent.secretHash.length !== NO_HASH.length) throw unauthorized();
    const verdict = await this.find(sent);
    this.onUse(verdict.principal.id);
    return verdict;
  }

  private async find(sent: ApiKeyCredential): Promise<ApiKeyVerdict> {
    const known = await this.credentials.ask(sent.shortId);
    const matches = timingSafeEqual(known?.secret_hash ?? NO_HASH, sent.secretHash);
    if (!known || !matches || known.environment !== sent.environment) throw unauthorized();
    return verdictOf(known);
  }
}

function verdictOf({ id, workspace_id, scopes, list_ids, allowed_ips, expires_at }: StoredCredential): ApiKeyVerdict {
  return {
    principal: {
      kind: 'api_key',
      id,
      workspaceId: workspace_id,
      scopes,
      ...(list_ids !== null && { listIds: list_ids }),
    },
    allowedIps: allowed_ips,
    expiresAt: expires_at === null ? null : Date.parse(expires_at),
  };
}
