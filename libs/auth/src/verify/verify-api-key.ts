// Verification of API keys: the same work for an unknown key as for a known one, remembered for some seconds.
import { timingSafeEqual } from 'node:crypto';
import type { Executor, Principal } from '@mono/platform';
import { parseApiKey, unauthorized, type ApiKey, type AuthApi } from '../../contract/index.js';
import { findApiKey, type StoredApiKey } from '../persistence/api-keys.js';

/** How long a looked-up key is believed without asking the database again. */
const CACHE_AGE_MS = 5_000;
/** More keys than these within CACHE_AGE_MS are looked up each time anew. */
const CACHE_SIZE = 10_000;

const NO_HASH = Buffer.alloc(32);

interface Remembered {
  key: StoredApiKey;
  principal: Principal;
  until: number;
}

export class VerifyApiKey implements AuthApi {
  private readonly remembered = new Map<string, Remembered>();

  constructor(private readonly database: Executor) {}

  /** @throws DomainError `unauthorized`. */
  async verify(text: string): Promise<Principal> {
    const sent = parseApiKey(text);
    if (!sent) throw unauthorized();
    return this.verifyParsed(sent);
  }

  /** @throws DomainError `unauthorized`. */
  async verifyParsed(sent: ApiKey): Promise<Principal> {
    if (sent.secretHash.length !== NO_HASH.length) throw unauthorized();
    const known = this.recall(sent.shortId) ?? (await this.lookUp(sent.shortId));
    const matches = timingSafeEqual(known?.key.secret_hash ?? NO_HASH, sent.secretHash);
    if (!known || !matches || known.key.environment !== sent.environment) throw unauthorized();
    return known.principal;
  }

  private recall(shortId: string): Remembered | undefined {
    const found = this.remembered.get(shortId);
    return found && found.until > Date.now() ? found : undefined;
  }

  private async lookUp(shortId: string): Promise<Remembered | undefined> {
    const key = await findApiKey(this.database, shortId);
    if (!key) {
      this.remembered.delete(shortId);
      return undefined;
    }
    const principal: Principal = { kind: 'api_key', id: key.id, workspaceId: key.workspace_id, scopes: key.scopes };
    const entry = { key, principal, until: Date.now() + CACHE_AGE_MS };
    if (this.remembered.size >= CACHE_SIZE) this.remembered.clear();
    this.remembered.set(shortId, entry);
    return entry;
  }
}
