// Publishes rows of the outbox to their stream, and distinguishes failures of a row from failures of NATS.
import type { JetStreamClient, PubAck } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { PoolClient } from 'pg';
import { HEADER, OutgoingHeaders } from '../calls/headers.js';
import type { BusLogger } from '../logger.js';
import { compose, type Middleware } from '../middleware.js';
import type { OutboxRow, OutboxRows } from './outbox-rows.js';
import { blameOf } from './publish-blame.js';
import type { StreamLosses } from './stream-losses.js';

export const PUBLISH_TIMEOUT_MS = 5_000;
/** Upper bound for the headers of an event. */
const HEADERS_BYTES = 1_024;

/** `refused`: a fault of the row. `unavailable`: no answer, connection, space or stream. */
export type Outcome = PubAck | 'refused' | 'unavailable';

export interface EventPublisherParts {
  module: string;
  rows: OutboxRows;
  losses: StreamLosses;
  logger: BusLogger;
  middleware: readonly Middleware[];
}

export class EventPublisher {
  refused = 0;
  /** Why the last event could not be published. */
  lastError: unknown;
  /** Rows that no stream accepted although one exists: a single failure may be transient. */
  private readonly suspects = new Set<string>();
  private readonly begin: ReturnType<typeof compose<'eventOut'>>;

  constructor(private readonly parts: EventPublisherParts) {
    this.begin = compose(parts.middleware, 'eventOut');
  }

  async publish(
    client: PoolClient,
    live: NatsConnection,
    context: JetStreamClient,
    row: OutboxRow,
    limit: number,
  ): Promise<Outcome> {
    if (Buffer.byteLength(row.body) + HEADERS_BYTES > limit)
      return this.refuse(client, row, `The event exceeds the limit of ${limit} bytes.`);
    try {
      const ack = await this.send(context, row, { msgID: row.event_id });
      if (!ack.duplicate || (await this.parts.losses.holds(live, row.event_id, ack.seq))) return ack;
      // The server remembers the id of a message that it has lost.
      return await this.send(context, row, {});
    } catch (error) {
      const blame = blameOf(error);
      if (blame === 'message') return this.refuse(client, row, (error as Error).message);
      if (blame === 'nobody' && this.suspects.delete(row.event_id)) {
        return this.refuse(client, row, `No stream takes the subject ${row.subject}.`);
      }
      if (blame === 'nobody') this.suspects.add(row.event_id);
      this.lastError = error;
      return 'unavailable';
    }
  }

  private async refuse(client: PoolClient, row: OutboxRow, reason: string): Promise<'refused'> {
    const { logger, module, rows } = this.parts;
    this.refused += 1;
    logger.error(
      { module, event: row.event_id, subject: row.subject, reason },
      'NATS refused an event; retrying later',
    );
    await rows.markRefused(client, row, reason);
    return 'refused';
  }

  private async send(
    context: JetStreamClient,
    { subject, body, event_id: messageId, traceparent, request_id: requestId }: OutboxRow,
    id: { msgID?: string },
  ): Promise<PubAck> {
    const options = { ...id, timeout: PUBLISH_TIMEOUT_MS };
    if (!this.begin && requestId === null) return context.publish(subject, body, options);
    const headers = new OutgoingHeaders();
    if (requestId !== null) headers.set(HEADER.requestId, requestId);
    const began = performance.now();
    const ended = this.begin?.({ subject, messageId, traceparent: traceparent ?? undefined, headers });
    let failure: Error | undefined;
    try {
      return await context.publish(subject, body, { ...options, ...headers.forPublish() });
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      ended?.(failure, performance.now() - began);
    }
  }
}
