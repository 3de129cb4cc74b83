// Events that code writes, each in the transaction of its change. A store whose statement makes the change writes the event
// with it and takes `subject` and `name` from the event's value.
import type { BodyOf, EventContract } from '@mono/bus';
import type { EventBody } from '@mono/contract';
import { uuidv7 } from 'uuidv7';
import type { Executor } from '../database/executor.js';
import { traceHeaders } from '../tracing/tracer.js';
import { schemaOf } from './feature.js';

type Given = 'id' | 'event' | 'occurred_at' | 'traceparent';

/** A body to write: the name comes from the event, the trace from the call. */
export type NewEvent<Body> = Body extends EventBody
  ? Omit<Body, Given> & {
      /** UUID. Default: a new one. */
      id?: string;
      /** RFC 3339. Default: now. */
      occurred_at?: string;
    }
  : never;

/** Writes events of a module to its own outbox. Wake `OutboxSignal` after the commit. */
async function add<const Event extends EventContract<EventBody>>(
  on: Pick<Executor, 'query'>,
  event: Event,
  ...bodies: readonly NewEvent<BodyOf<Event>>[]
): Promise<void> {
  if (bodies.length === 0) return;
  const schema = schemaOf(event.module);
  const rows = bodies.map(({ id, version, occurred_at, ...facts }) => ({
    event_id: id ?? uuidv7(),
    aggregate_id: facts.aggregate_id,
    version,
    occurred_at,
    payload: { event: event.name, ...facts, ...traceHeaders() },
  }));
  const statement = {
    name: `${schema}.add_events`,
    text: `INSERT INTO "${schema}"."outbox" (event_id, subject, aggregate_id, version, occurred_at, payload)
      SELECT n.event_id, $2, n.aggregate_id, n.version, coalesce(n.occurred_at, clock_timestamp()), n.payload
      FROM json_to_recordset($1)
        AS n (event_id uuid, aggregate_id uuid, version integer, occurred_at timestamptz, payload json)`,
  };
  await on.query(statement, [JSON.stringify(rows), event.subject]);
}

export const outbox = { add };
