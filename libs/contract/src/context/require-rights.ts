// The rights that a route or a request requires of its caller, over HTTP and NATS.
import { DomainError } from '../errors/index.js';
import { hasScope, type Principal } from './call-context.js';

export interface NeededRights {
  /** null: any caller. */
  scope?: string | null;
  /** Whether only signed-in users may call. */
  user?: boolean;
  /** Whether callers that are limited to lists may call. Default: the handler decides. */
  respectsLists?: boolean;
}

/** @throws DomainError `forbidden`. */
export function requireRights(principal: Principal, { scope, user = false, respectsLists }: NeededRights): void {
  if (user && principal.kind !== 'user') {
    throw new DomainError('forbidden', 'forbidden', 'This operation requires a signed-in user.');
  }
  if (typeof scope === 'string' && !hasScope(principal, scope)) {
    throw new DomainError('forbidden', 'forbidden', `This operation requires the scope ${scope}.`, { scope });
  }
  if (respectsLists === false && principal.listIds !== undefined) {
    throw new DomainError('forbidden', 'forbidden', 'Callers that are limited to lists may not do this.');
  }
}
