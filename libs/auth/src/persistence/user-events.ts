// The events about users as rows of the outbox, written in the transaction of what they tell of.
import { traceHeaders, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { UserEvent, UserEventName } from '../../contract/index.js';

/** From where, and in which request, something was done. */
export interface Origin {
  requestId: string;
  /** An address, `nats` or `cli`. */
  source: string;
}

type Facts = Pick<UserEvent, 'token_id' | 'session_id' | 'new_device' | 'provider' | 'changed' | 'workspace_ids'>;

export interface Told extends Facts {
  event: UserEventName;
  /** At the version after the change, or at the one that was seen. */
  user: { id: string; version: number };
  /** A stranger may have asked: nobody has proven to be the user. */
  byStranger?: boolean;
}

export async function tell(on: Executor, { requestId, source }: Origin, told: Told): Promise<void> {
  const { event, user, byStranger = false, ...facts } = told;
  const payload: Omit<UserEvent, 'id' | 'version' | 'occurred_at'> = {
    event,
    aggregate: 'user',
    aggregate_id: user.id,
    actor: byStranger ? { kind: 'system', id: 'anybody' } : { kind: 'user', id: user.id },
    request_id: requestId,
    source,
    changes: {},
    ...facts,
    ...traceHeaders(),
  };
  await on.query(
    `INSERT INTO auth.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
     VALUES ($1, $2, $3, $4, clock_timestamp(), $5)`,
    [uuidv7(), `events.auth.v1.${event}`, user.id, user.version, JSON.stringify(payload)],
  );
}
