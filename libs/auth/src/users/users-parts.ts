// What the use cases about users work with.
import type { OutboxSignal } from '@mono/bus/outbox';
import { DomainError, type CallContext, type PublicContext } from '@mono/contract';
import type { TransactionalExecutor } from '@mono/platform';
import type { RememberedUsers } from '../../contract/index.js';
import type { AccessTokens } from '../access/access-tokens.js';
import type { Passwords } from '../passwords/passwords.js';
import type { Origin } from '../persistence/user-events.js';
import type { Devices } from './devices.js';
import type { EmailLinks } from './email-links.js';
import type { SignInThrottle } from './sign-in-throttle.js';

/** Injects the counts of attempts. */
export const THROTTLE = Symbol('throttle');

export interface UsersParts {
  database: TransactionalExecutor;
  signal: OutboxSignal;
  passwords: Passwords;
  tokens: AccessTokens;
  /** On this node; others hear of a change by its event. */
  remembered: RememberedUsers;
  links: EmailLinks;
  throttle: SignInThrottle;
  devices: Devices;
  /** Whether strangers may make accounts. */
  signUpEnabled: boolean;
  /** How long answers take at least that must not tell whether there is an account, in milliseconds. */
  evenMs: number;
}

export interface SignedIn {
  userId: string;
  sessionId: string;
}

/** @throws DomainError `forbidden` for an API key or a system. */
export function signedIn({ principal }: CallContext): SignedIn {
  const { kind, id, sessionId } = principal;
  if (kind === 'user' && sessionId !== undefined) return { userId: id, sessionId };
  throw new DomainError('forbidden', 'forbidden', 'This is for users who have signed in.');
}

export function originOf(caller: PublicContext | CallContext): Origin {
  const source = 'address' in caller ? caller.address : caller.source;
  return { requestId: caller.requestId, source: source ?? 'unknown' };
}
