// What an edge asks about every request: Authorization: Bearer <API key or access token>, and from where.
import { DomainError, NotFoundError, type Principal } from '@mono/contract';
import type { Authenticator, Credentials, Standing } from '@mono/platform';
import { API_KEY_FORM, IpRanges, type ApiKeyVerdict, type KeyVerifier, type UsersApi } from '../../contract/index.js';

/** Of what a client says that makes no sense. */
const LONGEST_SHOWN = 64;
const BEARER = /^Bearer +(\S+)$/i;
const API_KEY_BEGINS = 'mono_';
/** Header, claims and signature, each base64url (RFC 7515, section 3.1). Ours are far shorter. */
const ACCESS_TOKEN = /^[\w-]{1,2048}\.[\w-]{1,1024}\.[\w-]{1,512}$/;

export class BearerAuthenticator implements Authenticator {
  private readonly ranges = new WeakMap<readonly string[], IpRanges>();

  constructor(
    private readonly keys: Pick<KeyVerifier, 'verify' | 'recognises'>,
    private readonly users: Pick<UsersApi, 'verifyToken' | 'recognisesToken'>,
  ) {}

  standingOf({ authorization }: Credentials): Standing {
    const credential = credentialIn(authorization);
    const isToken = isAccessToken(credential);
    if (!isToken && !API_KEY_FORM.test(credential)) return 'malformed';
    const isKnown = isToken ? this.users.recognisesToken(credential) : this.keys.recognises(credential);
    return isKnown ? 'known' : 'unknown';
  }

  async authenticate({ authorization, workspace, address }: Credentials): Promise<Principal> {
    const credential = credentialIn(authorization);
    if (isAccessToken(credential)) {
      return this.users.verifyToken(credential, workspace?.trim().toLowerCase());
    }
    const verdict = await this.keys.verify(credential);
    this.requireAddress(verdict, address);
    const { principal } = verdict;
    if (workspace !== undefined && workspace.trim().toLowerCase() !== principal.workspaceId) {
      throw new NotFoundError('workspace', workspace.trim().slice(0, LONGEST_SHOWN));
    }
    return principal;
  }

  /** @throws DomainError `forbidden`, also where nobody knows the address, as over NATS. */
  private requireAddress({ allowedIps }: ApiKeyVerdict, address: string | undefined): void {
    if (allowedIps === null) return;
    let ranges = this.ranges.get(allowedIps);
    if (!ranges) this.ranges.set(allowedIps, (ranges = new IpRanges(allowedIps)));
    if (address !== undefined && ranges.includes(address)) return;
    throw new DomainError(
      'forbidden',
      'forbidden',
      'This API key may not be used from here: it is limited to some addresses.',
    );
  }
}

function credentialIn(authorization: string | undefined): string {
  return BEARER.exec(authorization ?? '')?.[1] ?? '';
}

function isAccessToken(credential: string): boolean {
  return !credential.startsWith(API_KEY_BEGINS) && ACCESS_TOKEN.test(credential);
}
