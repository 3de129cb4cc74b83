// Verdicts on API keys, believed for some seconds.
import { timingSafeEqual } from 'node:crypto';
import type { ApiKeyCredential, ApiKeyVerdict } from './api-key.js';
import { Recognised } from './recognised.js';
import { Remembered, type DroppedListener } from './remembered.js';

export class RememberedKeys {
  private readonly byShortId = new Remembered<{ credential: ApiKeyCredential; verdict: ApiKeyVerdict }>();
  private readonly recognised = new Recognised();

  /** Only of the very same secret. */
  recall({ environment, shortId, secretHash }: ApiKeyCredential): ApiKeyVerdict | undefined {
    const known = this.byShortId.recall(shortId);
    if (known?.credential.environment !== environment) return undefined;
    return timingSafeEqual(known.credential.secretHash, secretHash) ? known.verdict : undefined;
  }

  /** Asks, and remembers the answer unless something was forgotten meanwhile. */
  async learn(credential: ApiKeyCredential, ask: () => Promise<ApiKeyVerdict>): Promise<ApiKeyVerdict> {
    const { verdict } = await this.byShortId.learn(credential.shortId, async () => {
      const told = await this.recognised.whileAsking(markOf(credential), ask);
      return { value: { credential, verdict: told }, subject: told.principal.id, endsAt: told.expiresAt };
    });
    return verdict;
  }

  /** Whether this very secret was valid when it was last looked up. */
  recognises(credential: ApiKeyCredential): boolean {
    return this.recognised.has(markOf(credential));
  }

  /** Everything about this key. */
  forget(keyId: string): void {
    this.byShortId.forget(keyId);
  }

  clear(): void {
    this.byShortId.clear();
  }

  onDropped(listener: DroppedListener): () => void {
    return this.byShortId.onDropped(listener);
  }
}

function markOf({ environment, secretHash }: ApiKeyCredential): string {
  return `${environment} ${secretHash.toString('base64')}`;
}
