// Authenticates `Authorization: Bearer <API key, access token or personal access token>`, by the caller's address where the key is limited to some.
import { Inject, Injectable } from '@nestjs/common';
import { DomainError, type Principal } from '@mono/contract';
import type { Authenticator, Credentials, Standing } from '@mono/platform';
import {
  API_KEY_FORM,
  authErrors,
  IpRanges,
  KeyVerifier,
  PERSONAL_TOKEN_FORM,
  PersonalTokenVerifier,
  RememberedKeys,
  RememberedPersonalTokens,
  RememberedUsers,
  TokenVerifier,
  type ApiKeyVerdict,
} from '../../contract/index.js';

const MAX_ECHO = 64;
const BEARER = /^Bearer +(\S+)$/i;
const API_KEY_BEGINS = 'mono_';
/** Header, claims and signature, each base64url (RFC 7515, section 3.1). Ours are far shorter. */
const ACCESS_TOKEN = /^[\w-]{1,2048}\.[\w-]{1,1024}\.[\w-]{1,512}$/;

@Injectable()
export class BearerAuthenticator implements Authenticator {
  private readonly ranges = new WeakMap<readonly string[], IpRanges>();

  constructor(
    @Inject(KeyVerifier) private readonly keys: Pick<KeyVerifier, 'verify' | 'recognises' | 'expiryOf'>,
    @Inject(TokenVerifier) private readonly tokens: Pick<TokenVerifier, 'verify' | 'recognises' | 'expiryOf'>,
    @Inject(PersonalTokenVerifier)
    private readonly personalTokens: Pick<PersonalTokenVerifier, 'verify' | 'recognises' | 'expiryOf'>,
    private readonly rememberedKeys: RememberedKeys,
    private readonly rememberedUsers: RememberedUsers,
    private readonly rememberedTokens: RememberedPersonalTokens,
  ) {}

  standingOf({ authorization }: Credentials): Standing {
    const credential = credentialIn(authorization);
    if (PERSONAL_TOKEN_FORM.test(credential)) {
      return this.personalTokens.recognises(credential) ? 'known' : 'unknown';
    }
    const isToken = isAccessToken(credential);
    if (!isToken && !API_KEY_FORM.test(credential)) return 'malformed';
    const isKnown = isToken ? this.tokens.recognises(credential) : this.keys.recognises(credential);
    return isKnown ? 'known' : 'unknown';
  }

  async authenticate({ authorization, workspace, address }: Credentials): Promise<Principal> {
    const credential = credentialIn(authorization);
    const named = workspace?.trim().toLowerCase();
    if (isAccessToken(credential)) return this.tokens.verify(credential, named);
    if (PERSONAL_TOKEN_FORM.test(credential)) return this.personalTokens.verify(credential, named);
    const verdict = await this.keys.verify(credential);
    this.requireAddress(verdict, address);
    const { principal } = verdict;
    if (named !== undefined && named !== principal.workspaceId) {
      throw authErrors.workspace_not_found({ id: named.slice(0, MAX_ECHO) });
    }
    return principal;
  }

  expiryOf({ authorization, workspace }: Credentials): number | undefined {
    const credential = credentialIn(authorization);
    if (PERSONAL_TOKEN_FORM.test(credential)) {
      return this.personalTokens.expiryOf(credential, workspace?.trim().toLowerCase());
    }
    return isAccessToken(credential) ? this.tokens.expiryOf(credential) : this.keys.expiryOf(credential);
  }

  onDropped(listener: (id: string | undefined) => void): () => void {
    const caches = [this.rememberedKeys, this.rememberedUsers, this.rememberedTokens];
    const endings = caches.map((cache) => cache.onDropped(listener));
    return () => {
      for (const unsubscribe of endings) unsubscribe();
    };
  }

  /** @throws DomainError `forbidden`, also for an unknown address, as over NATS. */
  private requireAddress({ allowedIps }: ApiKeyVerdict, address: string | undefined): void {
    if (allowedIps === null) return;
    let ranges = this.ranges.get(allowedIps);
    if (!ranges) this.ranges.set(allowedIps, (ranges = new IpRanges(allowedIps)));
    if (address !== undefined && ranges.includes(address)) return;
    throw new DomainError('forbidden', 'forbidden', 'This API key is limited to other addresses.');
  }
}

function credentialIn(authorization: string | undefined): string {
  return BEARER.exec(authorization ?? '')?.[1] ?? '';
}

function isAccessToken(credential: string): boolean {
  return !credential.startsWith(API_KEY_BEGINS) && ACCESS_TOKEN.test(credential);
}
