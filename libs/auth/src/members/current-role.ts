// The current role of a caller, not a remembered one.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { roleOf, type Role } from '../../contract/index.js';
import { findRole } from '../persistence/members.js';

export async function currentRole(on: Executor, { principal }: CallContext): Promise<Role | undefined> {
  return principal.kind === 'user' ? findRole(on, principal.workspaceId, principal.id) : roleOf(principal);
}
