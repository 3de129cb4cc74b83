// Pulls the messages of one stream for a durable consumer: declares the consumer, pulls again after every loss of the
// connection, and detects a recreated consumer.
import {
  AckPolicy,
  jetstream,
  JetStreamApiError,
  jetstreamManager,
  type ConsumerInfo,
  type ConsumerMessages,
  type JsMsg,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import type { BusHost } from '../bus-host.js';
import { resetConsumerAhead } from '../streams/consumer-position.js';
import { isMissing, reconcileConsumer } from '../streams/reconcile.js';
import type { DurableSettings } from './durable-options.js';
import type { ModuleGate } from './module-gate.js';

const RETRY_CONNECT_MS = 500;
const MAX_RETRY_CONNECT_MS = 10_000;
/** Failures to find a stream that are not logged: about 15 seconds, in which a busy node starts its relays. */
const QUIET_FAILURES = 4;
/** How often the consumer's position is compared with its stream's. */
const COMPARE_EVERY_MS = 60_000;
/** Older servers report slightly different creation times for the same consumer. */
const SAME_MS = 100;
/** The server drops no message: only this code ends one, after storing a dead letter. */
const UNLIMITED_DELIVERIES = -1;
const MIN_PULLED = 64;
/** The maximum number of requested messages. */
const MAX_PULLED = 4_096;
/** An error code of JetStream's API. */
const STREAM_NOT_FOUND = 10_059;

export interface ConsumerPullParts {
  host: BusHost;
  settings: DurableSettings;
  gate: ModuleGate | undefined;
  stream: string;
  filter: string;
  /** Creates the stream if its owner has not yet. */
  prepare: (connection: NatsConnection) => Promise<unknown> | undefined;
  onMessage: (message: JsMsg) => void;
  /** After the consumer was recreated, pending acknowledgements would settle other messages with the same sequences. */
  onRecreated: (stream: string) => void;
}

/** One pull, from its start to the loss of the consumer or the connection. */
interface Pull {
  messages: ConsumerMessages;
  /** The creation time of its consumer. */
  createdAt?: number;
  recreated?: boolean;
}

export class ConsumerPull {
  /** Why the consumer is not what the code declares; undefined while it is. */
  fault: string | undefined;
  private pull: Pull | undefined;
  private stopping = false;
  private running: Promise<void> | undefined;

  constructor(private readonly parts: ConsumerPullParts) {}

  start(): void {
    this.running ??= this.run();
  }

  /** After it, no new message arrives. `stopped` resolves when the loop has ended. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.end();
  }

  async stopped(): Promise<void> {
    await this.running;
  }

  /** Ends the current pull. Another one starts unless it is stopped or the gate is closed. */
  async end(): Promise<void> {
    if (this.pull) await endPull(this.pull.messages);
  }

  async info(): Promise<ConsumerInfo | undefined> {
    const { host, settings, stream } = this.parts;
    const { live } = host.connection;
    return live && (await jetstreamManager(live)).consumers.info(stream, settings.consumer);
  }

  private async run(): Promise<void> {
    const { host, settings, gate, stream, prepare } = this.parts;
    let waitMs = RETRY_CONNECT_MS;
    let failures = 0;
    while (!this.stopping) {
      const connection = host.connection.live;
      if (connection && gate?.isOpen !== false) {
        try {
          await prepare(connection);
          await this.declare(connection);
          waitMs = RETRY_CONNECT_MS;
          failures = 0;
          await this.consume(connection);
        } catch (error) {
          if (this.stopping) return;
          failures += 1;
          // The owner of the stream may be about to create it.
          if (failures > QUIET_FAILURES || !(error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND)) {
            const facts = { err: error, consumer: settings.consumer, stream };
            host.logger.warn(facts, 'A durable consumer cannot consume; retrying');
          }
          waitMs = Math.min(waitMs * 2, MAX_RETRY_CONNECT_MS);
        }
      }
      if (!this.stopping) await sleep(waitMs);
    }
  }

  private async declare(connection: NatsConnection): Promise<void> {
    const { settings, stream, filter } = this.parts;
    try {
      await reconcileConsumer(await jetstreamManager(connection), stream, {
        durable_name: settings.consumer,
        // Read by code that only sees the consumer, such as lost deliveries.
        description: settings.module,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(settings.ackWaitMs),
        max_deliver: UNLIMITED_DELIVERIES,
        max_ack_pending: settings.maxPending,
        filter_subject: filter,
      });
      this.fault = undefined;
    } catch (error) {
      this.fault = `${settings.consumer} on ${stream}: ${(error as Error).message}`;
      throw error;
    }
  }

  /** Until the consumer or the connection is lost, or the node stops. */
  private async consume(connection: NatsConnection): Promise<void> {
    const { host, settings, gate, stream, onMessage } = this.parts;
    const consumer = await jetstream(connection).consumers.get(stream, settings.consumer);
    const messages = await consumer.consume({
      max_messages: Math.max(MIN_PULLED, Math.min(settings.concurrency * 8, MAX_PULLED)),
      abort_on_missing_resource: true,
      callback: onMessage,
    });
    const pull: Pull = { messages };
    const compare = (): void => void this.comparePosition(connection, pull);
    let begun = false;
    const unsubscribe = host.connection.onConnected(() => {
      compare();
      // The library requests its consumer first and waits long without an answer; a new pull is faster.
      if (begun) messages.stop();
    });
    begun = true;
    const timer = setInterval(compare, COMPARE_EVERY_MS * (0.75 + Math.random() / 2)).unref();
    this.pull = pull;
    try {
      if (this.stopping) messages.stop();
      if (gate?.isOpen === false) await endPull(messages);
      await messages.closed();
    } finally {
      unsubscribe();
      clearInterval(timer);
      this.pull = undefined;
      // The pull also ends after a deletion of the consumer.
      if (!this.stopping) await this.comparePosition(connection, pull);
    }
  }

  /** The relay resets consumers of events before it publishes; streams without an outbox have this check alone. */
  private async comparePosition(connection: NatsConnection, pull: Pull): Promise<void> {
    const { host, settings, stream } = this.parts;
    try {
      const manager = await jetstreamManager(connection);
      const { reset, present } = await resetConsumerAhead(manager, stream, settings.consumer);
      if (reset) host.logger.warn({ stream, ...reset }, 'A consumer was ahead of its stream and was reset');
      const createdAt = Date.parse(present.created);
      pull.createdAt ??= createdAt;
      // It may have been recreated while this node was disconnected.
      if (!reset && Math.abs(createdAt - pull.createdAt) < SAME_MS) return;
      this.noteRecreated(pull);
      await endPull(pull.messages);
    } catch (error) {
      // After any other error, the next comparison decides.
      if (isMissing(error)) this.noteRecreated(pull);
    }
  }

  private noteRecreated(pull: Pull): void {
    if (pull.recreated) return;
    pull.recreated = true;
    this.parts.onRecreated(this.parts.stream);
  }
}

/** Accepts messages in flight: `stop` of the library would drop them until their ack_wait has passed. */
async function endPull(messages: ConsumerMessages): Promise<void> {
  const { sub } = messages as { sub?: Subscription };
  await sub?.drain().catch(() => undefined);
  messages.stop();
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
