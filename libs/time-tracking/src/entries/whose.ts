// Whose time an entry is, and who may write it: everybody their own, admins and keys everybody's.
import { isAtLeast, roleOf, type MembersClient } from '@mono/auth/contract';
import type { CallContext, Principal } from '@mono/contract';
import { DomainError, InvalidInputError } from '@mono/contract/errors';
import { timeTrackingErrors } from '../../contract/time-tracking.errors.js';

/**
 * @param userId as it is named, if it is.
 * @throws DomainError `forbidden`, `member_not_found`; InvalidInputError for a key that names nobody.
 */
export async function whose(
  { principal }: CallContext,
  userId: string | undefined,
  members: Pick<MembersClient, 'membersAmong'>,
): Promise<string> {
  const named = userId?.toLowerCase() ?? (principal.kind === 'user' ? principal.id : undefined);
  if (named === undefined) {
    throw new InvalidInputError([
      { field: 'user_id', code: 'required', issue: 'is needed: an API key has no time of its own' },
    ]);
  }
  if (isOwn(principal, named)) return named;
  requireRightsOver(principal, named);
  const [member] = await members.membersAmong(principal.workspaceId, [named]);
  if (member === undefined) throw timeTrackingErrors.member_not_found({ id: named });
  return named;
}

/** @throws DomainError `forbidden`. */
export function requireRightsOver(principal: Principal, userId: string): void {
  if (principal.kind !== 'user' || isOwn(principal, userId) || isAtLeast(roleOf(principal), 'admin')) return;
  throw new DomainError('forbidden', 'forbidden', 'Only an admin writes the time of others.');
}

function isOwn({ kind, id }: Principal, userId: string): boolean {
  return kind === 'user' && id === userId;
}

/** Timers are for who can stop them. @returns the user. @throws DomainError `forbidden`. */
export function requireUser({ kind, id }: Principal): string {
  if (kind !== 'user') throw new DomainError('forbidden', 'forbidden', 'This is for users who have signed in.');
  return id;
}
