// The take-over of an account whose address was never verified. A person who proves the address gets the account without anything
// that its creator chose, who could otherwise prepare it with a password of theirs (pre-hijacking; Sudhodanan and Paverd,
// USENIX Security 2022).
import type { PublicContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { dropEmailTokens } from '../persistence/email-tokens.js';
import { revokePersonalTokens } from '../persistence/personal-tokens.js';
import { revokeSessions } from '../persistence/sessions.js';
import { addUserEvent } from '../persistence/user-events.js';
import { findMemberships, takeOverUser, type StoredUser } from '../persistence/users.js';
import { lockWorkspace, readWorkspace, updateWorkspace } from '../persistence/workspaces.js';
import { originOf } from '../users/caller.js';

const TIMEZONE = 'UTC';

/** @param account locked, and its address not verified. */
export async function claimAccount(
  on: Executor,
  caller: PublicContext,
  account: StoredUser,
  name: string,
): Promise<StoredUser | undefined> {
  const user = await takeOverUser(on, account.id, { name, timezone: TIMEZONE });
  if (!user) return undefined;
  await dropEmailTokens(on, user.id, ['verify', 'reset', 'change_email']);
  await revokeSessions(on, user.id);
  await revokePersonalTokens(on, user.id);
  const doer = { principal: { kind: 'user', id: user.id }, ...originOf(caller) } as const;
  for (const { id, role } of await findMemberships(on, user.id)) {
    // Nobody else can have joined it yet.
    await lockWorkspace(on, id);
    const workspace = role === 'owner' ? await readWorkspace(on, id) : undefined;
    if (workspace)
      await updateWorkspace(on, doer, workspace, {
        name,
        timezone: TIMEZONE,
        time_entries_visible_to: workspace.time_entries_visible_to,
      });
  }
  await addUserEvent(on, originOf(caller), { event: 'email_verified', user });
  return user;
}
