// In whose name what nobody asked for is done: the module's own, within one workspace.
import type { CallContext } from '@mono/contract';

export function systemContext(workspaceId: string, requestId: string): CallContext {
  return {
    principal: { kind: 'system', id: 'recurrence', workspaceId, scopes: ['*'] },
    requestId,
    source: 'job',
  };
}
