// The events of this module as rows of its outbox.
import type { CallContext, Principal } from '@mono/contract';
import { traceHeaders, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { AuthEvent, InviteEvent, MemberEvent, SignInEvent, UserEvent } from '../../contract/index.js';

export type Changes = AuthEvent['changes'];

/** Who does something, and in which request. */
export type Doer = Pick<CallContext, 'requestId' | 'source'> & { principal: Pick<Principal, 'kind' | 'id'> };

type ByDoer = 'id' | 'occurred_at' | 'actor' | 'request_id' | 'source' | 'traceparent';
type Facts<Event> = Event extends unknown ? Omit<Event, ByDoer> : never;

/** Writes an event in the transaction of what it tells of. */
export async function writeEvent(
  on: Executor,
  doer: Doer,
  facts: Facts<UserEvent | SignInEvent | MemberEvent | InviteEvent>,
): Promise<void> {
  const { version, ...told } = facts;
  const payload = JSON.stringify({ ...told, ...madeBy(doer) });
  await on.query(
    `INSERT INTO auth.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
     VALUES ($1, $2, $3, $4, clock_timestamp(), $5)`,
    [uuidv7(), `events.auth.v1.${told.event}`, told.aggregate_id, version, payload],
  );
}

function madeBy({ principal, requestId, source }: Doer): Pick<AuthEvent, Exclude<ByDoer, 'id' | 'occurred_at'>> {
  const { kind, id } = principal;
  return { actor: { kind, id }, request_id: requestId, source: source ?? 'unknown', ...traceHeaders() };
}

/** `event_id`, `subject` and `payload` of the event, in this order. */
export function eventColumns(
  doer: Doer,
  aggregate: { aggregate: AuthEvent['aggregate']; id: string; workspaceId: string },
  event: AuthEvent['event'],
  changes: Changes,
): unknown[] {
  const payload: Omit<AuthEvent, 'id' | 'version' | 'occurred_at'> = {
    event,
    aggregate: aggregate.aggregate,
    aggregate_id: aggregate.id,
    workspace_id: aggregate.workspaceId,
    changes,
    ...madeBy(doer),
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
