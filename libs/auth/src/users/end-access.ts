// A disabled user has no way in, and nothing from before the disabling comes back.
import type { Executor } from '@mono/platform';
import { authErrors } from '../../contract/index.js';
import { dropEmailTokens } from '../persistence/email-tokens.js';
import { revokePersonalTokens } from '../persistence/personal-tokens.js';
import { revokeSessions } from '../persistence/sessions.js';
import type { StoredUser } from '../persistence/users.js';

/** Ends sessions, personal access tokens and links in mails for good. Requires a locked user. */
export async function endAccess(on: Executor, userId: string): Promise<void> {
  await dropEmailTokens(on, userId, ['verify', 'reset', 'change_email']);
  await revokeSessions(on, userId);
  await revokePersonalTokens(on, userId);
}

/** For callers who have proven to be the user. @throws DomainError `account_disabled`. */
export function requireEnabled({ disabled_at }: Pick<StoredUser, 'disabled_at'>): void {
  if (disabled_at !== null) throw authErrors.account_disabled();
}
