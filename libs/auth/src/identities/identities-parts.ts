// What the use cases about providers work with, beyond what those about users do.
import type { Logger } from '@mono/platform';
import type { SecretKeys } from '../secrets/secret-keys.js';
import type { SignIn } from '../users/sign-in.js';
import type { SignUp } from '../users/sign-up.js';
import type { UsersParts } from '../users/users-parts.js';
import type { SignInProvider } from './sign-in-provider.js';

export interface IdentitiesParts {
  users: UsersParts;
  secrets: SecretKeys;
  /** By their ids, in the order in which they are shown. */
  providers: ReadonlyMap<string, SignInProvider>;
  /** Without a slash at its end. */
  publicUrl: () => string;
  returnUrls: readonly string[];
  signIn: Pick<SignIn, 'open' | 'tokensOf'>;
  signUp: Pick<SignUp, 'welcome'>;
  logger: Pick<Logger, 'warn'>;
}
