// The workspace that a personal access token is limited to.
import { DomainError, type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { invalidPersonalToken } from '../../contract/index.js';
import { readPersonalToken } from '../persistence/personal-tokens.js';

/** @returns null for other callers, and for a token of all workspaces. @throws DomainError `unauthorized` for a revoked token. */
export async function boundWorkspace(on: Executor, { principal }: CallContext): Promise<string | null> {
  const { id, tokenId } = principal;
  if (tokenId === undefined) return null;
  const token = await readPersonalToken(on, id, tokenId);
  if (!token) throw invalidPersonalToken();
  return token.workspace_id;
}

export function outsideOfToken(): DomainError {
  return new DomainError('forbidden', 'forbidden', 'This personal access token is limited to a workspace.');
}
