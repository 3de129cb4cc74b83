// The rights that a route or a request requires of its caller, over HTTP and NATS.
import { DomainError } from '../errors/index.js';
import { hasScope, type Principal } from './call-context.js';

/** The personal access tokens that may call: all, those with all rights of their user in the workspace, or none. */
export type PersonalTokens = 'all' | 'whole' | 'none';

export interface NeededRights {
  /** null: any caller. */
  scope?: string | null;
  /** Whether only signed-in users may call. */
  user?: boolean;
  /** Whether callers that are limited to lists may call. Default: the handler decides. */
  respectsLists?: boolean;
  /** Default: all. */
  personalTokens?: PersonalTokens;
}

/** @throws DomainError `forbidden`. */
export function requireRights(principal: Principal, needed: NeededRights): void {
  const { scope, user = false, respectsLists, personalTokens = 'all' } = needed;
  if (user && principal.kind !== 'user') {
    throw new DomainError('forbidden', 'forbidden', 'This operation requires a signed-in user.');
  }
  if (typeof scope === 'string' && !hasScope(principal, scope)) {
    throw new DomainError('forbidden', 'forbidden', `This operation requires the scope ${scope}.`, { scope });
  }
  if (respectsLists === false && principal.listIds !== undefined) {
    throw new DomainError('forbidden', 'forbidden', 'Callers that are limited to lists may not do this.');
  }
  if (principal.tokenId !== undefined) requireToken(principal, personalTokens);
}

function requireToken({ narrowed = false }: Principal, allowed: PersonalTokens): void {
  if (allowed === 'none') {
    throw new DomainError('forbidden', 'forbidden', 'Personal access tokens may not do this: sign in.');
  }
  if (allowed === 'whole' && narrowed) {
    const message = 'This operation requires a personal access token with the scope * and without a limit to lists.';
    throw new DomainError('forbidden', 'forbidden', message, { scope: '*' });
  }
}
