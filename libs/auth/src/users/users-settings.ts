import { flag, sharedSecrets, url } from '@mono/platform';

/** A name rather than an address: all instances agree on it, whichever ports they listen on. */
export const DEFAULT_ISSUER = 'http://127.0.0.1:3000';

export const usersSettings = {
  PUBLIC_URL: url(['https', 'http'], {
    description: `Where people reach the service: links begin with it, and access tokens name it as their issuer. Without it links lead to the instance that writes them, and the issuer is \`${DEFAULT_ISSUER}\`.`,
    secret: false,
  }),
  SECRET_KEY: sharedSecrets({
    description:
      'From which the secrets of links in mails are derived, and with which signing keys are sealed; the current one first, former ones behind commas. Demanded with `DATABASE_URL`, else made and kept in `DATA_DIR`.',
    least: 32,
    keptAs: 'secret-key',
  }),
  SIGN_UP_ENABLED: flag({ description: 'Whether strangers may make accounts.', default: true }),
};
