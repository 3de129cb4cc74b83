// The events about feeds: subjects `events.recurrence.v1.<event>` on the stream EVENTS_RECURRENCE. Nothing that opens one,
// nor a hash of it, is ever in them.
import { defineEvent, type EventContract } from '@mono/bus';

export const FEED_EVENTS = ['feed_created', 'feed_revoked'] as const;
export type FeedEventName = (typeof FEED_EVENTS)[number];

export class FeedEvent {
  /** UUIDv7; also the message's `Nats-Msg-Id`. */
  id: string;
  event: FeedEventName;
  aggregate: 'feed';
  aggregate_id: string;
  /** 1 when made, 2 when revoked. */
  version: number;
  workspace_id: string;
  /** RFC 3339, UTC. */
  occurred_at: string;
  actor: { kind: 'api_key' | 'user' | 'system'; id: string };
  request_id: string;
  /** Where the actor spoke from: an address, `nats`, or `event` where the module itself ended it. */
  source: string;
  /** Old and new value of each field; `url` never. */
  changes: Record<string, { from: unknown; to: unknown }>;
  /** W3C, where calls are traced. */
  traceparent?: string;
}

export const feedEvents: readonly EventContract<FeedEvent>[] = FEED_EVENTS.map((name) =>
  defineEvent({ module: 'recurrence', name, event: FeedEvent }),
);
