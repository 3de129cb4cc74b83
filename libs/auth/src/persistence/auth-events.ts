// The events of this module as rows of its outbox.
import { traceHeaders, type CallContext } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { AuthEvent } from '../../contract/index.js';

export type Changes = AuthEvent['changes'];

/** `event_id`, `subject` and `payload` of the event, in this order. */
export function eventColumns(
  { principal, requestId, source }: CallContext,
  aggregate: { aggregate: AuthEvent['aggregate']; id: string; workspaceId: string },
  event: AuthEvent['event'],
  changes: Changes,
): unknown[] {
  const payload: Omit<AuthEvent, 'id' | 'version' | 'occurred_at'> = {
    event,
    aggregate: aggregate.aggregate,
    aggregate_id: aggregate.id,
    workspace_id: aggregate.workspaceId,
    actor: { kind: principal.kind, id: principal.id },
    request_id: requestId,
    source: source ?? 'unknown',
    changes,
    ...traceHeaders(),
  };
  return [uuidv7(), `events.auth.v1.${event}`, JSON.stringify(payload)];
}

/** Old and new value of each of these fields that differs; null for "none". */
export function changesOf<Fields extends object>(
  names: readonly (keyof Fields & string)[],
  from: Fields | undefined,
  to: Fields,
): Changes {
  const changes: Changes = {};
  for (const name of names) {
    const [before, after] = [from?.[name] ?? null, to[name] ?? null];
    if (JSON.stringify(before) !== JSON.stringify(after)) changes[name] = { from: before, to: after };
  }
  return changes;
}
