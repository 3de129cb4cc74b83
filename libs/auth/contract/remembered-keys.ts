// Verdicts on keys, believed for some seconds. What is heard of a change makes a node forget, and what was asked for before
// the change and answered after it is not remembered at all.
import { timingSafeEqual } from 'node:crypto';
import type { ApiKeyVerdict } from './auth-api.js';
import type { ApiKeyCredential } from './api-key.js';

/** How long a verdict is believed, in milliseconds. */
const AGE_MS = 5_000;
/** More keys than these within AGE_MS are asked for each time anew. */
const SIZE = 50_000;

interface Remembered {
  credential: ApiKeyCredential;
  verdict: ApiKeyVerdict;
  until: number;
}

export class RememberedKeys {
  private readonly byShortId = new Map<string, Remembered>();
  private epoch = 0;

  /** Only of the very same secret. */
  recall({ environment, shortId, secretHash }: ApiKeyCredential): ApiKeyVerdict | undefined {
    const known = this.byShortId.get(shortId);
    if (!known || known.until <= Date.now() || known.credential.environment !== environment) return undefined;
    return timingSafeEqual(known.credential.secretHash, secretHash) ? known.verdict : undefined;
  }

  /** Asks, and remembers the answer unless something was forgotten meanwhile. */
  async learn(credential: ApiKeyCredential, ask: () => Promise<ApiKeyVerdict>): Promise<ApiKeyVerdict> {
    const { epoch } = this;
    const verdict = await ask();
    if (epoch !== this.epoch) return verdict;
    const until = Math.min(Date.now() + AGE_MS, verdict.expiresAt ?? Number.POSITIVE_INFINITY);
    if (this.byShortId.size >= SIZE) this.byShortId.clear();
    this.byShortId.set(credential.shortId, { credential, verdict, until });
    return verdict;
  }

  /** Everything about this key. */
  forget(keyId: string): void {
    this.epoch += 1;
    for (const [shortId, { verdict }] of this.byShortId) {
      if (verdict.principal.id === keyId) this.byShortId.delete(shortId);
    }
  }

  clear(): void {
    this.epoch += 1;
    this.byShortId.clear();
  }
}
