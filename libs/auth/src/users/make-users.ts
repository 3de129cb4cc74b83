// The use cases about users, put together from what the module is given.
import type { OutboxSignal } from '@mono/bus';
import type { TransactionalExecutor } from '@mono/platform';
import { AccessTokens } from '../access/access-tokens.js';
import { SigningKeys } from '../access/signing-keys.js';
import { UserPrincipals } from '../access/user-principals.js';
import { Passwords } from '../passwords/passwords.js';
import { SecretKeys } from '../secrets/secret-keys.js';
import { EmailLinks } from './email-links.js';
import { SignInThrottleInMemory, type SignInThrottle } from './sign-in-throttle.js';
import { UsersUseCases } from './users-use-cases.js';

/** Some times what the slowest of the even ways takes. */
const EVEN_MS = 250;

export interface UsersOptions {
  database: TransactionalExecutor;
  signal: OutboxSignal;
  /** The current one first. */
  secretKeys: readonly string[];
  publicUrl: string;
  signUpEnabled: boolean;
  passwords?: Passwords;
  throttle?: SignInThrottle;
  evenMs?: number;
  /** In milliseconds since 1970. */
  now?: () => number;
}

export function makeUsers(options: UsersOptions): UsersUseCases {
  const { database, signal, signUpEnabled, now = Date.now } = options;
  const secrets = new SecretKeys(options.secretKeys);
  const publicUrl = options.publicUrl.replace(/\/+$/, '');
  const keys = new SigningKeys(database, secrets, now);
  return new UsersUseCases(
    {
      database,
      signal,
      passwords: options.passwords ?? new Passwords(),
      tokens: new AccessTokens(keys, publicUrl, now),
      principals: new UserPrincipals(database, now),
      links: new EmailLinks(database, secrets, publicUrl),
      throttle: options.throttle ?? new SignInThrottleInMemory(now),
      signUpEnabled,
      evenMs: options.evenMs ?? EVEN_MS,
    },
    keys,
  );
}
