import type { Principal } from '@mono/contract';

/** Names a caller in log lines: ids only, no secret. */
export function callerFacts(principal: unknown): Record<string, string | undefined> {
  if (typeof principal !== 'object' || principal === null) return {};
  const { kind, id, sessionId, tokenId, workspaceId } = principal as Partial<Principal>;
  const workspace_id = workspaceId === '' ? undefined : workspaceId;
  if (kind === 'api_key') return { key_id: id, workspace_id };
  if (kind === 'user') return { user_id: id, session_id: sessionId, token_id: tokenId, workspace_id };
  return { system_id: id, workspace_id };
}
