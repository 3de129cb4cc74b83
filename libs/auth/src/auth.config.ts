import { defineConfig, flag, sharedSecrets, url, type ConfigOf } from '@mono/platform';
import { faultsOfIdentities, identitiesSettings } from './identities/identities-settings.js';

/** A name rather than an address: all instances agree on it, whichever ports they listen on. */
const DEFAULT_ISSUER = 'http://127.0.0.1:3000';

export const authConfig = defineConfig(
  'auth',
  {
    PUBLIC_URL: url(['https', 'http'], {
      description: `Public URL of the service. Links start with it, and access tokens carry it as their issuer. Default: links lead to the instance that writes them; the issuer is \`${DEFAULT_ISSUER}\`.`,
      secret: false,
    }),
    SECRET_KEY: sharedSecrets({
      description:
        'Derives the secrets of links in mails and encrypts signing keys. Current secret first. Required with `DATABASE_URL`; otherwise generated and stored in `DATA_DIR`.',
      least: 32,
      keptAs: 'secret-key',
    }),
    SIGN_UP_ENABLED: flag({ description: 'Allow anyone to sign up. Default: `false` in `prod`, `true` elsewhere.' }),
    ...identitiesSettings,
  },
  faultsOfIdentities,
);

export type AuthConfig = ConfigOf<typeof authConfig>;

/** The issuer of access tokens. */
export function issuerOf({ PUBLIC_URL = DEFAULT_ISSUER }: AuthConfig): string {
  return PUBLIC_URL.replace(/\/+$/, '');
}
