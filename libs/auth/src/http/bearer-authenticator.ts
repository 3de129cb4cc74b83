// What the HTTP edge asks about every request: Authorization: Bearer <API key>.
import type { Authenticator, Credentials, Principal } from '@mono/platform';
import type { AuthApi } from '../../contract/index.js';

const BEARER = /^Bearer +(\S+)$/i;

export class BearerAuthenticator implements Authenticator {
  constructor(private readonly auth: AuthApi) {}

  authenticate({ authorization }: Credentials): Promise<Principal> {
    return this.auth.verify(BEARER.exec(authorization ?? '')?.[1] ?? '');
  }
}
