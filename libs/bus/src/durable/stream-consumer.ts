// A durable pull consumer, shared by all nodes that have it. It pulls from the stream of its source and from the stream of
// retried dead letters, runs handlers concurrently up to its limit, and settles each message separately.
import type { JsMsg } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import type { BusHost } from '../bus-host.js';
import type { Handler } from '../calls/handler.js';
import { headersOf } from '../calls/headers.js';
import type { HandlerStats } from '../calls/handler-stats.js';
import { reconcileStream } from '../streams/reconcile.js';
import { ConsumerPull } from './consumer-pull.js';
import { RETRIED_SUBJECT, RETRIES, retrySubject, type DeadLetterSink } from './dead-letter.js';
import { DeadLetterWriter } from './dead-letter-writer.js';
import { parseMessage } from './delivered-message.js';
import { durableSettings, type DurableOptions, type DurableSettings } from './durable-options.js';
import type { Excuses } from './excuses.js';
import { HandlerRunner } from './handler-runner.js';
import { Lanes } from './lanes.js';
import type { MessageSource } from './message-source.js';
import type { ModuleGate } from './module-gate.js';
import { Settlement } from './settlement.js';

export interface ConsumerBacklog {
  /** Messages that have not been delivered. */
  waiting: number;
  /** The stream's sequence of the last delivered message. */
  delivered: number;
  /** The stream's sequence up to which all messages are acknowledged. */
  acknowledged: number;
}

/** The state that the consumers of a node share. */
export interface SharedByConsumers {
  deadLetters: DeadLetterSink | undefined;
  replicas: number;
  /** The default retry period of a failing message, in milliseconds. */
  retryForMs: number;
  excuses: Excuses;
  /** By module. */
  gateOf(module: string): ModuleGate | undefined;
}

interface Shared extends SharedByConsumers {
  /** Creates the source's stream if its owner has not yet. */
  prepare?: (connection: NatsConnection) => Promise<unknown>;
}

const RETRY_AGE_MS = 30 * 24 * 60 * 60 * 1_000;

export class StreamConsumer {
  readonly stats: HandlerStats;
  readonly name: string;
  readonly module: string;
  private readonly settings: DurableSettings;
  private readonly lanes: Lanes;
  private readonly gate: ModuleGate | undefined;
  private readonly letters: DeadLetterWriter;
  private readonly settlement: Settlement;
  private readonly pulls: readonly [source: ConsumerPull, retries: ConsumerPull];
  /** Messages that are handled or queued here. */
  private readonly here = new Set<JsMsg>();
  private keepingAlive: NodeJS.Timeout | undefined;
  /** Resolves when no message arrives any more: a message that was returned earlier could come back at once. */
  private resting: Promise<void> = Promise.resolve();

  constructor(
    host: BusHost,
    private readonly source: MessageSource,
    handler: Handler,
    options: DurableOptions,
    shared: Shared,
  ) {
    const settings = durableSettings(options, shared.retryForMs);
    this.settings = settings;
    this.name = options.consumer;
    this.module = options.module;
    this.lanes = new Lanes(settings.concurrency);
    this.gate = shared.gateOf(options.module);
    this.gate?.onClosed(() => {
      this.resting = this.rest();
    });
    const runner = new HandlerRunner(host, source, handler, settings);
    this.stats = runner.stats;
    this.letters = new DeadLetterWriter(host, shared.deadLetters, settings);
    this.settlement = new Settlement({
      settings,
      runner,
      letters: this.letters,
      excuses: shared.excuses,
      gate: this.gate,
      rested: () => this.resting,
    });
    const pullParts = {
      host,
      settings,
      gate: this.gate,
      onMessage: (message: JsMsg) => this.accept(message),
      onRecreated: (stream: string) => this.forgetAcknowledgements(stream),
    };
    this.pulls = [
      new ConsumerPull({
        ...pullParts,
        stream: source.stream,
        filter: source.filter,
        prepare: (connection) => shared.prepare?.(connection),
      }),
      new ConsumerPull({
        ...pullParts,
        stream: RETRIES,
        filter: retrySubject(this.name),
        prepare: (connection) => reconcileRetries(connection, shared.replicas),
      }),
    ];
  }

  get inFlight(): number {
    return this.lanes.running;
  }

  get deadLettered(): number {
    return this.letters.written;
  }

  get retried(): number {
    return this.settlement.retried;
  }

  /** Why the consumer differs from its declaration; undefined if it does not. */
  get fault(): string | undefined {
    return this.pulls[0].fault ?? this.pulls[1].fault;
  }

  /** Whether it is paused because a dependency of its module is unavailable on this node. */
  get paused(): boolean {
    return this.gate?.isOpen === false;
  }

  /** For all nodes together; undefined if it cannot be read or does not exist. */
  async backlog(): Promise<ConsumerBacklog | undefined> {
    const info = await this.pulls[0].info().catch(() => undefined);
    return (
      info && {
        waiting: info.num_pending,
        delivered: info.delivered.stream_seq,
        acknowledged: info.ack_floor.stream_seq,
      }
    );
  }

  start(): void {
    if (this.keepingAlive) return;
    // Slow and queued messages must not be redelivered meanwhile, because each delivery counts. One timer serves all, since a
    // timer per message would cost more than the message.
    this.keepingAlive = setInterval(() => {
      for (const message of this.here) message.working();
    }, this.settings.ackWaitMs / 3).unref();
    for (const pull of this.pulls) pull.start();
  }

  /** Stops pulling, and returns the messages that no handler has started. */
  async stopPulling(): Promise<void> {
    this.lanes.close();
    await Promise.all(this.pulls.map((pull) => pull.stop()));
    this.lanes.giveBack();
  }

  async stopped(): Promise<void> {
    await Promise.all(this.pulls.map((pull) => pull.stopped()));
    clearInterval(this.keepingAlive);
  }

  /** Leaves the messages to nodes that can handle them. */
  private async rest(): Promise<void> {
    await Promise.all(this.pulls.map((pull) => pull.end()));
    // nats-server 2.9.10 keeps an ended pull until the consumer is requested, and loses messages that it delivers to the pull.
    await Promise.all(this.pulls.map((pull) => pull.info().catch(() => undefined)));
    this.lanes.shed();
  }

  private accept(message: JsMsg): void {
    const headers = headersOf(message);
    const subject = headers.get(RETRIED_SUBJECT) ?? message.subject;
    const contract = this.source.contractOf(subject);
    // Older servers take one filter only, which may match more than the declared subjects.
    if (!contract) {
      message.ack();
      return;
    }
    if (this.gate?.isOpen === false) {
      void this.resting.then(() => this.settlement.giveBack(message));
      return;
    }
    const delivered = { message, headers, subject, contract, body: parseMessage(message) };
    const key = delivered.body.ok && this.settings.key ? this.keyOf(delivered.body.value) : undefined;
    this.here.add(message);
    this.lanes.add(
      key,
      () => this.settlement.settle(delivered).finally(() => this.here.delete(message)),
      () => {
        this.here.delete(message);
        this.settlement.giveBack(message);
      },
    );
  }

  private keyOf(body: unknown): string | undefined {
    try {
      return this.settings.key?.(body);
    } catch {
      return undefined;
    }
  }

  private forgetAcknowledgements(stream: string): void {
    for (const message of this.here) {
      if (message.info.stream === stream) (message as JsMsg & { didAck: boolean }).didAck = true;
    }
  }
}

function reconcileRetries(connection: NatsConnection, replicas: number): Promise<unknown> {
  return reconcileStream(connection, {
    name: RETRIES,
    subjects: ['retries.>'],
    retention: 'workqueue',
    storage: 'file',
    max_age: nanos(RETRY_AGE_MS),
    num_replicas: replicas,
  });
}
