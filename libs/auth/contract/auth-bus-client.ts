// The module's API where the module does not run: verdicts are asked for over the bus and believed for some seconds.
import type { Bus } from '@mono/bus';
import { DomainError, type Principal } from '@mono/platform';
import { parseApiKey, type ApiKey } from './api-key.js';
import { AuthApi } from './auth-api.js';
import { authRequests } from './requests.js';

const CACHE_AGE_MS = 5_000;
const CACHE_SIZE = 10_000;

export class AuthBusClient extends AuthApi {
  private readonly verdicts = new Map<string, { principal: Principal; until: number }>();

  constructor(private readonly bus: Bus) {
    super();
  }

  async verify(text: string): Promise<Principal> {
    const key = parseApiKey(text);
    if (!key) throw unauthorized();
    // The hash takes part: a wrong secret never meets the verdict of the right one.
    const name = `${key.environment}_${key.shortId}_${key.secretHash.toString('base64url')}`;
    const known = this.verdicts.get(name);
    if (known && known.until > Date.now()) return known.principal;
    const principal = await this.ask(key);
    if (this.verdicts.size >= CACHE_SIZE) this.verdicts.clear();
    this.verdicts.set(name, { principal, until: Date.now() + CACHE_AGE_MS });
    return principal;
  }

  private ask({ environment, shortId, secretHash }: ApiKey): Promise<Principal> {
    return this.bus.request(authRequests.verify, {
      environment,
      short_id: shortId,
      secret_hash: secretHash.toString('base64url'),
    });
  }
}

/** The same words for everything that is not a valid key. */
export function unauthorized(): DomainError {
  return new DomainError('unauthorized', 'unauthorized', 'A valid API key is needed: Authorization: Bearer mono_…');
}
