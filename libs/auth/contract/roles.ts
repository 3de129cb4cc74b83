// What a member may do in a workspace. No role reaches beyond it: `operator` is never one's.
import type { Scope } from './scopes.js';

export const ROLES = ['owner', 'admin', 'member', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

const READS: readonly Scope[] = ['tasks:read', 'recurrence:read', 'time:read'];

export const SCOPES_BY_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  owner: ['*'],
  admin: ['*'],
  member: [...READS, 'tasks:write', 'recurrence:write', 'time:write'],
  viewer: READS,
};
