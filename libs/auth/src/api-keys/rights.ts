// The rights of a credential, and the comparison of rights.
import { DomainError, type CallContext, type FieldFault } from '@mono/contract';
import type { Executor } from '@mono/platform';
import {
  authErrors,
  covers,
  invalidPersonalToken,
  isWithin,
  OPERATOR,
  rightsOfToken,
  scopesOfRole,
  unauthorized,
  type Role,
} from '../../contract/index.js';
import { readApiKey } from '../persistence/api-keys.js';
import { findRole } from '../persistence/members.js';
import { readPersonalToken } from '../persistence/personal-tokens.js';

export interface Rights {
  scopes: readonly string[];
  list_ids: readonly string[] | null;
  allowed_ips: readonly string[] | null;
  expires_at: string | null;
}

const EVERYTHING: Rights = { scopes: ['*', OPERATOR], list_ids: null, allowed_ips: null, expires_at: null };

/** Reads the current rights of the caller. @throws DomainError `unauthorized` for a revoked key. */
export async function rightsOfCaller(on: Executor, { principal }: CallContext): Promise<Rights> {
  if (principal.kind === 'system') return EVERYTHING;
  if (principal.kind === 'user') {
    const role = await findRole(on, principal.workspaceId, principal.id);
    if (!role) throw authErrors.workspace_not_found({ id: principal.workspaceId });
    if (principal.tokenId !== undefined) return rightsOfPersonalToken(on, principal.id, principal.tokenId, role);
    return { ...EVERYTHING, scopes: scopesOfRole(role) };
  }
  const key = await readApiKey(on, principal.workspaceId, principal.id);
  if (!key || key.revoked_at !== null) throw unauthorized();
  return key;
}

async function rightsOfPersonalToken(on: Executor, userId: string, id: string, role: Role): Promise<Rights> {
  const token = await readPersonalToken(on, userId, id);
  if (!token) throw invalidPersonalToken();
  const { list_ids, expires_at } = token;
  return { scopes: rightsOfToken(role, token).scopes, list_ids, allowed_ips: null, expires_at };
}

/** How far a key reaches, wherever and as long as it may be used. */
export type Reach = Pick<Rights, 'scopes' | 'list_ids'>;

/** Whether every scope and list of the inner one is also the outer one's. */
export function reachesNoFurther(inner: Reach, outer: Reach): boolean {
  return covers(outer.scopes, inner.scopes) && (outer.list_ids === null || isSubset(inner.list_ids, outer.list_ids));
}

/** @throws DomainError `forbidden` that names the fields with more rights. */
export function requireNoMore(wanted: Rights, caller: Rights): void {
  const more = [
    !covers(caller.scopes, wanted.scopes) && 'scopes',
    caller.list_ids !== null && !isSubset(wanted.list_ids, caller.list_ids) && 'list_ids',
    caller.allowed_ips !== null && !areWithin(wanted.allowed_ips, caller.allowed_ips) && 'allowed_ips',
    caller.expires_at !== null && !endsBy(wanted.expires_at, caller.expires_at) && 'expires_at',
  ].filter((field) => field !== false);
  if (more.length === 0) return;
  const details = more.map((field): FieldFault => ({
    field,
    code: 'not_allowed',
    issue: 'gives more than the caller has',
  }));
  throw new DomainError(
    'forbidden',
    'forbidden',
    `This would give more rights than you have: ${more.join(', ')}.`,
    details,
  );
}

/**
 * A role reaches all of a workspace: a key that is limited to some lists, or to some scopes, cannot give it.
 * Its addresses and its end do not matter.
 * @throws DomainError `forbidden` that names the fields with more rights.
 */
export async function requireGivable(on: Executor, context: CallContext, role: Role): Promise<void> {
  const { scopes, list_ids } = await rightsOfCaller(on, context);
  requireNoMore({ ...EVERYTHING, scopes: scopesOfRole(role) }, { ...EVERYTHING, scopes, list_ids });
}

function isSubset(inner: readonly string[] | null, outer: readonly string[]): boolean {
  return inner !== null && inner.every((id) => outer.includes(id));
}

function areWithin(inner: readonly string[] | null, outer: readonly string[]): boolean {
  return inner !== null && inner.every((range) => isWithin(range, outer));
}

function endsBy(inner: string | null, outer: string): boolean {
  return inner !== null && Date.parse(inner) <= Date.parse(outer);
}
