// The deletion of an account, by its user or by an operator.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { authErrors } from '../../contract/index.js';
import { removeMembership } from '../members/lost-role.js';
import { deleteEmailTokens } from '../persistence/email-tokens.js';
import { deleteWorkspaces, lockStakes, readMember, type Stake } from '../persistence/members.js';
import { addUserEvent } from '../persistence/user-events.js';
import { deleteUser, type StoredUser } from '../persistence/users.js';
import { actorOf, originOf } from './caller.js';
import type { EmailLinks } from './email-links.js';

/**
 * Deletes the workspaces of which the user is the owner and the only member, too. The default workspace stays for the next user,
 * and a workspace without an owner for the keys that work in it.
 * @param user locked.
 * @throws DomainError `last_owner`.
 */
export async function deleteAccount(
  on: Executor,
  context: CallContext,
  { id, email, version }: StoredUser,
  links: EmailLinks,
): Promise<void> {
  const workspace_ids = await leaveWorkspaces(on, context, id);
  await deleteEmailTokens(on, id);
  await deleteUser(on, id);
  await deleteWorkspaces(on, workspace_ids);
  const token_id = await links.make(on, 'notice', id, email);
  const gone = { id, version: version + 1 };
  const facts = { event: 'account_deleted', user: gone, token_id, workspace_ids } as const;
  await addUserEvent(on, originOf(context), { ...facts, by: actorOf(context) });
}

/**
 * Ends the memberships of the user in the workspaces that stay. @returns the workspaces that go with the user.
 * @throws DomainError `last_owner`.
 */
async function leaveWorkspaces(on: Executor, context: CallContext, userId: string): Promise<string[]> {
  const stakes = await lockStakes(on, userId);
  const left = stakes.find(({ is_owner, others, other_owners }) => is_owner && others > 0 && other_owners === 0);
  if (left) throw authErrors.last_owner({ workspace_id: left.workspace_id });
  for (const { workspace_id } of stakes.filter((stake) => !goesWithUser(stake))) {
    const member = await readMember(on, workspace_id, userId);
    if (member) await removeMembership(on, context, workspace_id, member);
  }
  return stakes.filter(goesWithUser).map(({ workspace_id }) => workspace_id);
}

function goesWithUser({ is_owner, others, is_default }: Stake): boolean {
  return is_owner && others === 0 && !is_default;
}
