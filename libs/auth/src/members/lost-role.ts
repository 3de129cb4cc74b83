// Revokes the invites that a member may no longer send. A removed member could otherwise return by an invite to themselves.
import type { Executor } from '@mono/platform';
import { isAtLeast, type Role } from '../../contract/index.js';
import type { Doer } from '../persistence/auth-events.js';
import { dropInviteTokens } from '../persistence/email-tokens.js';
import { endInvite, lockInvitesBy, addInviteEvent } from '../persistence/invites.js';
import { deleteMember, type StoredMember } from '../persistence/members.js';

/** In a transaction that has locked the workspace. */
export async function removeMembership(
  on: Executor,
  doer: Doer,
  workspaceId: string,
  member: StoredMember,
): Promise<void> {
  await deleteMember(on, doer, workspaceId, member);
  await revokeInvitesBeyond(on, doer, { workspaceId, userId: member.id, role: undefined });
}

/** In a transaction that has locked the workspace. @param by the user, with the role from now on. */
export async function revokeInvitesBeyond(
  on: Executor,
  doer: Doer,
  { workspaceId, userId, role }: { workspaceId: string; userId: string; role: Role | undefined },
): Promise<void> {
  for (const invite of await lockInvitesBy(on, workspaceId, userId)) {
    if (isAtLeast(role, 'admin') && isAtLeast(role, invite.role)) continue;
    await dropInviteTokens(on, invite.id);
    await addInviteEvent(on, doer, await endInvite(on, invite), { event: 'invite_revoked' });
  }
}
