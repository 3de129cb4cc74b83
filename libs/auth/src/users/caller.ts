// The caller of a use case about users.
import { DomainError, type CallContext, type PublicContext } from '@mono/contract';
import type { UserEvent } from '../../contract/index.js';
import type { Origin } from '../persistence/user-events.js';

export interface SignedIn {
  userId: string;
  sessionId: string;
}

/** @returns the user, by session or personal access token. @throws DomainError `forbidden` for an API key or a system. */
export function userOf({ principal: { kind, id } }: CallContext): string {
  if (kind === 'user') return id;
  throw new DomainError('forbidden', 'forbidden', 'This is for users who have signed in.');
}

/** @throws DomainError `forbidden` for an API key, a personal access token or a system. */
export function signedIn({ principal }: CallContext): SignedIn {
  const { kind, id, sessionId } = principal;
  if (kind === 'user' && sessionId !== undefined) return { userId: id, sessionId };
  throw new DomainError('forbidden', 'forbidden', 'This is for users who have signed in.');
}

export function actorOf({ principal: { kind, id } }: CallContext): UserEvent['actor'] {
  return { kind, id };
}

export function originOf(caller: PublicContext | CallContext): Origin {
  const source = 'address' in caller ? caller.address : caller.source;
  return { requestId: caller.requestId, source: source ?? 'unknown' };
}
