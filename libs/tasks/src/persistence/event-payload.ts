import type { CallContext, Changes } from '@mono/contract';
import { traceHeaders } from '@mono/platform';
import type { DeletionRoot, TaskEvent, TasksEvent } from '../../contract/tasks.events.js';

type Payload = Omit<TaskEvent, 'id' | 'version' | 'occurred_at' | 'event' | 'aggregate'> &
  Pick<TasksEvent, 'event' | 'aggregate'> & { root?: DeletionRoot; permanent?: boolean };

export interface About {
  origin?: TasksEvent['origin'] | undefined;
  occurrence?: TaskEvent['occurrence'];
  listId?: string | undefined;
  root?: DeletionRoot | undefined;
  permanent?: boolean | undefined;
}

/** The event's JSON without id, version and occurred_at, which the outbox keeps in columns of their own. */
export function eventPayload(
  { principal, requestId }: CallContext,
  aggregate: TasksEvent['aggregate'],
  id: string,
  event: TasksEvent['event'],
  changes: Changes,
  { origin = 'user', occurrence, listId, root, permanent }: About = {},
): Payload {
  return {
    event,
    aggregate,
    aggregate_id: id,
    workspace_id: principal.workspaceId,
    actor: { kind: principal.kind, id: principal.id },
    request_id: requestId,
    origin,
    changes,
    ...(listId !== undefined && { list_id: listId }),
    ...(occurrence && { occurrence }),
    ...(permanent !== undefined && { permanent }),
    ...(root && { root }),
    ...traceHeaders(),
  };
}
