// The use cases about users, put together from what the module is given.
import type { OutboxSignal } from '@mono/bus/outbox';
import type { Throttle, TransactionalExecutor } from '@mono/platform';
import type { RememberedUsers } from '../../contract/index.js';
import { AccessTokens } from '../access/access-tokens.js';
import { SigningKeys } from '../access/signing-keys.js';
import { VerifyAccessToken } from '../access/verify-access-token.js';
import { Passwords } from '../passwords/passwords.js';
import { SecretKeys } from '../secrets/secret-keys.js';
import { Devices } from './devices.js';
import { EmailLinks } from './email-links.js';
import { SignInThrottle } from './sign-in-throttle.js';
import type { UsersParts } from './users-parts.js';
import { UsersUseCases } from './users-use-cases.js';

/** Some times what the slowest of the even ways takes. */
const EVEN_MS = 250;

export interface UsersOptions {
  database: TransactionalExecutor;
  signal: OutboxSignal;
  remembered: RememberedUsers;
  throttle: Throttle;
  /** The current one first. */
  secretKeys: readonly string[];
  /** What access tokens name as their issuer. */
  issuer: string;
  publicUrl: () => string;
  signUpEnabled: boolean;
  passwords?: Passwords;
  evenMs?: number;
  /** In milliseconds since 1970. */
  now?: () => number;
}

export interface Users {
  parts: UsersParts;
  useCases: UsersUseCases;
  verifier: VerifyAccessToken;
  /** To be prepared now and then. */
  signingKeys: Pick<SigningKeys, 'prepare'>;
}

export function makeUsers(options: UsersOptions): Users {
  const { database, signal, remembered, signUpEnabled, now = Date.now } = options;
  const secrets = new SecretKeys(options.secretKeys);
  const keys = new SigningKeys(database, secrets, now);
  const tokens = new AccessTokens(keys, options.issuer.replace(/\/+$/, ''), now);
  const verifier = new VerifyAccessToken(tokens, database, remembered);
  const parts: UsersParts = {
    database,
    signal,
    passwords: options.passwords ?? new Passwords(),
    tokens,
    remembered,
    links: new EmailLinks(database, secrets, () => options.publicUrl()),
    throttle: new SignInThrottle(options.throttle),
    devices: new Devices(secrets, now),
    signUpEnabled,
    evenMs: options.evenMs ?? EVEN_MS,
  };
  return { parts, useCases: new UsersUseCases(parts, keys, verifier), verifier, signingKeys: keys };
}
