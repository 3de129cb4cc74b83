// Verdicts on API keys, asked over the bus and believed for some seconds.
import { DomainError, type Requester } from '@mono/contract';
import { parseApiKey, type ApiKeyCredential, type ApiKeyVerdict } from './api-key.js';
import { apiKeysOperations } from './api-keys.operations.js';
import type { RememberedKeys } from './remembered-keys.js';

export class KeyVerifier {
  constructor(
    private readonly bus: Requester,
    private readonly remembered: RememberedKeys,
  ) {}

  /**
   * @param text the credential as sent, without `Bearer`.
   * @throws DomainError `unauthorized` for anything but a valid key, always with the same message and the same work.
   */
  async verify(text: string): Promise<ApiKeyVerdict> {
    const key = parseApiKey(text);
    if (!key) throw unauthorized();
    return this.remembered.recall(key) ?? this.remembered.learn(key, () => this.ask(key));
  }

  /** Whether the key was valid when it was last looked up here. From memory, no proof. */
  recognises(text: string): boolean {
    const key = parseApiKey(text);
    return key !== undefined && this.remembered.recognises(key);
  }

  /** From memory: the end of a key that was just verified, in milliseconds since 1970. */
  expiryOf(text: string): number | undefined {
    const key = parseApiKey(text);
    return (key && this.remembered.recall(key)?.expiresAt) ?? undefined;
  }

  private async ask({ environment, shortId, secretHash }: ApiKeyCredential): Promise<ApiKeyVerdict> {
    const { principal, allowed_ips, expires_at } = await this.bus.request(apiKeysOperations.verify, {
      environment,
      short_id: shortId,
      secret_hash: secretHash.toString('base64url'),
    });
    return { principal, allowedIps: allowed_ips, expiresAt: expires_at };
  }
}

/** The same message for every invalid key. */
export function unauthorized(): DomainError {
  return new DomainError('unauthorized', 'unauthorized', 'A valid API key is required: Authorization: Bearer mono_…');
}
