// A fallback for dead letters: when the server drops a message, it publishes one advisory, which a stream stores. The first
// node that reads it stores the message as a dead letter.
import {
  AckPolicy,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { BusHost } from '../bus-host.js';
import { HEADER } from '../calls/headers.js';
import { reconcileConsumer, reconcileStream } from '../streams/reconcile.js';
import { retrySubject, type DeadLetterSink } from './dead-letter.js';

const STREAM = 'LOST_DELIVERIES';
const CONSUMER = 'dead-letters';
const ADVISORIES = '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>';
const MAX_AGE_MS = 30 * 24 * 60 * 60 * 1_000;
const PAUSE_MS = 2_000;
const NO_MESSAGE = 10_037;
const CONSUMER_NOT_FOUND = 10_014;

interface Advisory {
  stream: string;
  consumer: string;
  stream_seq: number;
  deliveries: number;
}

export class LostDeliveries {
  private stopping = false;
  private running: Promise<void> | undefined;
  private stopPull: (() => void) | undefined;

  constructor(
    private readonly host: BusHost,
    private readonly deadLetters: DeadLetterSink,
    private readonly replicas: number,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.stopPull?.();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      const connection = this.host.connection.live;
      try {
        if (connection) await this.consume(connection);
      } catch (error) {
        if (!this.stopping) this.host.logger.warn({ err: error }, 'Advisories of lost deliveries cannot be read');
      }
      if (!this.stopping) await this.pause();
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PAUSE_MS);
      this.stopPull = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async consume(connection: NatsConnection): Promise<void> {
    await reconcileStream(connection, {
      name: STREAM,
      subjects: [ADVISORIES],
      retention: 'workqueue',
      storage: 'file',
      max_age: nanos(MAX_AGE_MS),
      num_replicas: this.replicas,
    });
    await reconcileConsumer(await jetstreamManager(connection), STREAM, {
      durable_name: CONSUMER,
      ack_policy: AckPolicy.Explicit,
    });
    const consumer = await jetstream(connection).consumers.get(STREAM, CONSUMER);
    const messages = await consumer.consume({ max_messages: 16, abort_on_missing_resource: true });
    this.stopPull = () => messages.stop();
    if (this.stopping) messages.stop();
    for await (const message of messages) await this.settle(connection, message);
  }

  private async settle(connection: NatsConnection, message: JsMsg): Promise<void> {
    try {
      await this.storeLetter(connection, message.json<Advisory>());
      message.ack();
    } catch (error) {
      this.host.logger.error({ err: error }, 'Failed to store a lost delivery; retrying');
      message.nak(PAUSE_MS);
    }
  }

  private async storeLetter(
    connection: NatsConnection,
    { stream, consumer, stream_seq, deliveries }: Advisory,
  ): Promise<void> {
    const manager = await jetstreamManager(connection);
    const stored = await manager.streams.getMessage(stream, { seq: stream_seq }).catch((error: unknown) => {
      if (error instanceof JetStreamApiError && error.code === NO_MESSAGE) return null;
      throw error;
    });
    // The stream has already removed the message by age or limits.
    if (!stored) return;
    await this.deadLetters.store({
      key: `${stream}/${stored.header.get(HEADER.messageId) || stream_seq}/${consumer}`,
      source: 'message',
      module: await moduleOf(manager, stream, consumer),
      consumer,
      subject: stored.subject,
      stream,
      streamSeq: stream_seq,
      payload: stored.data,
      headers: Object.fromEntries(stored.header.keys().map((name) => [name, stored.header.get(name)])),
      error: { code: 'lost_delivery', message: `The server dropped the message after ${deliveries} deliveries.` },
      attempts: deliveries,
      failedAt: new Date(),
      retrySubject: retrySubject(consumer),
    });
  }
}

/** The module in the consumer's description, or the consumer's name if there is no description. */
async function moduleOf(manager: JetStreamManager, stream: string, consumer: string): Promise<string> {
  try {
    return (await manager.consumers.info(stream, consumer)).config.description ?? consumer;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === CONSUMER_NOT_FOUND) return consumer;
    throw error;
  }
}
