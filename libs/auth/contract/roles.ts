// What a member may do in a workspace. No role reaches beyond it: `operator` is never one's.
import { hasScope, type Principal } from '@mono/contract';
import type { Scope } from './scopes.js';

/** The highest first. */
export const ROLES = ['owner', 'admin', 'member', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

const READS: readonly Scope[] = ['tasks:read', 'recurrence:read', 'time:read'];

export const SCOPES_BY_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  owner: ['*'],
  admin: ['*'],
  member: [...READS, 'tasks:write', 'recurrence:write', 'time:write'],
  viewer: READS,
};

/** As whom a caller deals with members: a key as an admin at most, since admins can make keys; who runs the installation as an owner. */
export function roleOf(principal: Principal): Role | undefined {
  if (principal.kind === 'user') return principal.role as Role | undefined;
  if (hasScope(principal, 'operator')) return 'owner';
  return hasScope(principal, 'admin') ? 'admin' : undefined;
}

export function isAtLeast(role: Role | undefined, least: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) <= ROLES.indexOf(least);
}
