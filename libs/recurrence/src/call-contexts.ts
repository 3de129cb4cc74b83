// On whose behalf the module acts outside of a request.
import type { CallContext, EventBody } from '@mono/contract';

/** The module itself. */
export function systemContext(workspaceId: string, requestId: string, source: 'job' | 'event' = 'job'): CallContext {
  return { principal: { kind: 'system', id: 'recurrence', workspaceId, scopes: ['*'] }, requestId, source };
}

/** The actor of an event, whose changes follow from it. */
export function contextOfEvent({
  actor,
  workspace_id: workspaceId,
  request_id: requestId,
}: Pick<EventBody, 'actor' | 'request_id'> & { workspace_id: string }): CallContext {
  return { principal: { ...actor, workspaceId, scopes: [] }, requestId, source: 'event' };
}
