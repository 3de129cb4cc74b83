// The module's events as rows of its outbox, written in the transaction of what they tell of.
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { TimeTrackingEvent } from '../../contract/events.js';

/** To be written: the outbox keeps id, version and time in columns of their own. */
export interface ToldEvent {
  payload: Omit<TimeTrackingEvent, 'id' | 'version' | 'occurred_at'>;
  version: number;
  /** RFC 3339; without it: now. */
  occurredAt?: string;
}

const INSERT = {
  name: 'time_tracking.tell',
  text: `INSERT INTO time_tracking.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
    SELECT n.event_id, n.subject, n.aggregate_id, n.version, coalesce(n.occurred_at, clock_timestamp()), n.payload
    FROM json_to_recordset($1) AS n(event_id uuid, subject text, aggregate_id uuid, version integer, occurred_at timestamptz, payload json)`,
};

export async function tell(on: Executor, events: readonly ToldEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ payload, version, occurredAt }) => ({
    event_id: uuidv7(),
    subject: `events.time-tracking.v1.${payload.event}`,
    aggregate_id: payload.aggregate_id,
    version,
    occurred_at: occurredAt ?? null,
    payload,
  }));
  await on.query(INSERT, [JSON.stringify(rows)]);
}
