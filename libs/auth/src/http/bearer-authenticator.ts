// What an edge asks about every request: Authorization: Bearer <API key>, and from where.
import { DomainError, NotFoundError, type Authenticator, type Credentials, type Principal } from '@mono/platform';
import { IpRanges, type ApiKeyVerdict, type AuthApi } from '../../contract/index.js';

/** Of what a client says that makes no sense. */
const LONGEST_SHOWN = 64;
const BEARER = /^Bearer +(\S+)$/i;

export class BearerAuthenticator implements Authenticator {
  private readonly ranges = new WeakMap<readonly string[], IpRanges>();

  constructor(private readonly auth: AuthApi) {}

  async authenticate({ authorization, workspace, address }: Credentials): Promise<Principal> {
    const verdict = await this.auth.verify(BEARER.exec(authorization ?? '')?.[1] ?? '');
    this.demandAddress(verdict, address);
    const { principal } = verdict;
    if (workspace !== undefined && workspace.trim().toLowerCase() !== principal.workspaceId) {
      throw new NotFoundError('workspace', workspace.trim().slice(0, LONGEST_SHOWN));
    }
    return principal;
  }

  /** @throws DomainError `forbidden`, also where nobody knows the address, as over NATS. */
  private demandAddress({ allowedIps }: ApiKeyVerdict, address: string | undefined): void {
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
