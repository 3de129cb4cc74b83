// Providers that a factory builds from the configuration.
import type { Provider } from '@nestjs/common';
import { authConfig, issuerOf, type AuthConfig } from '../auth.config.js';
import { CLOCK } from '../clock.js';
import { SecretKeys } from '../secrets/secret-keys.js';
import { AccessTokens } from './access-tokens.js';
import { SigningKeys } from './signing-keys.js';

export const accessProviders: Provider[] = [
  { provide: CLOCK, useFactory: () => Date.now },
  {
    provide: SecretKeys,
    inject: [authConfig.KEY],
    useFactory: ({ SECRET_KEY = [] }: AuthConfig) => new SecretKeys(SECRET_KEY),
  },
  SigningKeys,
  {
    provide: AccessTokens,
    inject: [SigningKeys, authConfig.KEY, CLOCK],
    useFactory: (keys: SigningKeys, config: AuthConfig, now: () => number) =>
      new AccessTokens(keys, issuerOf(config), now),
  },
];
