// The roles in a workspace. No role has the scope `operator`, which reaches beyond it.
import { hasScope, scopesDeclaredFor, type Principal } from '@mono/contract';
import { covers } from './scopes.js';
import type { TimeAudience } from './workspaces.js';

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

/** The scopes with which the role reads things of its own only, by the settings of the workspace. */
export function ownOnlyOf(role: Role, visibleTo: TimeAudience | null): { ownOnly?: readonly string[] } {
  return visibleTo === 'admins' && !isAtLeast(role, 'admin') ? { ownOnly: ['time:read'] } : {};
}

export function lowerRole(one: Role, other: Role): Role {
  return isAtLeast(one, other) ? other : one;
}

export interface TokenRights {
  scopes: readonly string[];
  list_ids: readonly string[] | null;
}

/** The rights of a personal access token in a workspace: those that both the role of its user and the token give. */
export function rightsOfToken(
  role: Role,
  { scopes, list_ids }: TokenRights,
): { role: Role; scopes: readonly string[] } {
  const given = scopesOfRole(role);
  const own = scopes.includes('*') ? given : scopes.filter((scope) => covers(given, [scope]));
  return { scopes: own, role: lowerRole(role, highestRole(own, list_ids)) };
}

/** Without the scope of admins, or within some lists, nobody acts as one. */
function highestRole(scopes: readonly string[], listIds: readonly string[] | null): Role {
  if (listIds !== null) return 'member';
  if (scopes.includes('*')) return 'owner';
  return scopes.includes('admin') ? 'admin' : 'member';
}
