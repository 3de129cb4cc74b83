// The module's API where the module does not run. Verdicts on keys are believed for some seconds; the rest is asked for.
import type { Bus } from '@mono/bus';
import { DomainError, type CallContext, type Replayable } from '@mono/contract';
import { callOptionsOf, replayed } from '@mono/platform';
import { parseApiKey, type ApiKeyCredential } from './api-key.js';
import type {
  ApiKey,
  ApiKeyPage,
  ApiKeyPatch,
  ApiKeyQuery,
  CreateApiKey,
  NewApiKey,
  RotateApiKey,
} from './api-keys.js';
import { AuthApi, type ApiKeyVerdict } from './auth-api.js';
import type { RememberedKeys } from './remembered-keys.js';
import { authRequests } from './requests.js';

export class AuthBusClient extends AuthApi {
  constructor(
    private readonly bus: Bus,
    private readonly remembered: RememberedKeys,
  ) {
    super();
  }

  async verify(text: string): Promise<ApiKeyVerdict> {
    const key = parseApiKey(text);
    if (!key) throw unauthorized();
    return this.remembered.recall(key) ?? this.remembered.learn(key, () => this.ask(key));
  }

  recognises(text: string): boolean {
    const key = parseApiKey(text);
    return key !== undefined && this.remembered.recognises(key);
  }

  createApiKey(context: CallContext, input: CreateApiKey): Promise<Replayable<NewApiKey>> {
    return replayed(this.bus.exchange(authRequests.createApiKey, input, callOptionsOf(context)));
  }

  findApiKeys(context: CallContext, query: ApiKeyQuery): Promise<ApiKeyPage> {
    return this.bus.request(authRequests.findApiKeys, query, callOptionsOf(context));
  }

  getApiKey(context: CallContext, id: string): Promise<ApiKey> {
    return this.bus.request(authRequests.getApiKey, { id }, callOptionsOf(context));
  }

  updateApiKey(context: CallContext, id: string, patch: ApiKeyPatch): Promise<ApiKey> {
    return this.bus.request(authRequests.updateApiKey, { id, patch }, callOptionsOf(context));
  }

  rotateApiKey(context: CallContext, id: string, input: RotateApiKey): Promise<Replayable<NewApiKey>> {
    return replayed(this.bus.exchange(authRequests.rotateApiKey, Object.assign({ id }, input), callOptionsOf(context)));
  }

  revokeApiKey(context: CallContext, id: string): Promise<void> {
    return this.bus.request(authRequests.revokeApiKey, { id }, callOptionsOf(context));
  }

  private async ask({ environment, shortId, secretHash }: ApiKeyCredential): Promise<ApiKeyVerdict> {
    const { principal, allowed_ips, expires_at } = await this.bus.request(authRequests.verify, {
      environment,
      short_id: shortId,
      secret_hash: secretHash.toString('base64url'),
    });
    return { principal, allowedIps: allowed_ips, expiresAt: expires_at };
  }
}

/** The same words for everything that is not a valid key. */
export function unauthorized(): DomainError {
  return new DomainError('unauthorized', 'unauthorized', 'A valid API key is needed: Authorization: Bearer mono_…');
}
