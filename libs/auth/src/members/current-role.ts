// The current role of a caller, not a remembered one.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { lowerRole, roleOf, type Role } from '../../contract/index.js';
import { findRole } from '../persistence/members.js';

export async function currentRole(on: Executor, { principal }: CallContext): Promise<Role | undefined> {
  const { kind, id, workspaceId, tokenId } = principal;
  if (kind !== 'user') return roleOf(principal);
  const role = await findRole(on, workspaceId, id);
  const limit = tokenId === undefined ? role : roleOf(principal);
  return role && limit && lowerRole(role, limit);
}
