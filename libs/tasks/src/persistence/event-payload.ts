import type { CallContext } from '@mono/contract';
import { traceHeaders } from '@mono/platform';
import type { Changes, ListEventName, TaskEventName, TasksEvent } from '../../contract/events.js';

export function subjectOf(event: TaskEventName | ListEventName): string {
  return `events.tasks.v1.${event}`;
}

interface About {
  origin?: TasksEvent['origin'] | undefined;
  occurrence?: TasksEvent['occurrence'];
}

/** The event's JSON without id, version and occurred_at, which the outbox keeps in columns of their own. */
export function eventPayload(
  { principal, requestId }: CallContext,
  aggregate: TasksEvent['aggregate'],
  id: string,
  event: TasksEvent['event'],
  changes: Changes,
  { origin = 'user', occurrence }: About = {},
): Omit<TasksEvent, 'id' | 'version' | 'occurred_at'> {
  return {
    event,
    aggregate,
    aggregate_id: id,
    workspace_id: principal.workspaceId,
    actor: { kind: principal.kind, id: principal.id },
    request_id: requestId,
    origin,
    changes,
    ...(occurrence && { occurrence }),
    ...traceHeaders(),
  };
}
