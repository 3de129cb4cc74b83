// Members that rows of this module refer to.
import type { CallContext } from '@mono/contract';
import { Memberships, type Executor, type NamedMember } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';

export const memberships = new Memberships('recurrence');

/** In a transaction: until it ends, their memberships do not end here. @throws InvalidInputError; MembershipNotClearedError */
export async function holdAssignees(
  on: Executor,
  { principal }: CallContext,
  members: readonly NamedMember[],
): Promise<void> {
  const left = await memberships.hold(on, principal.workspaceId, members);
  if (left.size > 0) throw notAMember();
}

export function notAMember(fields: readonly string[] = ['assignee_id']): InvalidInputError {
  return new InvalidInputError(
    fields.map((field) => ({ field, code: 'not_found', issue: 'must be a member of the workspace' })),
  );
}
