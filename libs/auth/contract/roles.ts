// The roles in a workspace. No role has the scope `operator`, which reaches beyond it.
import { hasScope, scopesDeclaredFor, type Principal } from '@mono/contract';

/** The highest first. */
export const ROLES = ['owner', 'admin', 'member', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

export function scopesOfRole(role: Role): readonly string[] {
  return role === 'member' || role === 'viewer' ? scopesDeclaredFor(role) : ['*'];
}

/** As whom a caller deals with members: a key as an admin at most, since admins can make keys; who runs the installation as an owner. */
export function roleOf(principal: Principal): Role | undefined {
  if (principal.kind === 'user') return principal.role as Role | undefined;
  if (hasScope(principal, 'operator')) return 'owner';
  return hasScope(principal, 'admin') ? 'admin' : undefined;
}

export function isAtLeast(role: Role | undefined, least: Role): boolean {
  return role !== undefined && ROLES.indexOf(role) <= ROLES.indexOf(least);
}
