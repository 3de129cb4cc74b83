// A durable pull consumer, shared by all nodes that have it: each message is settled by itself.
//
// A message that fails is tried again after a pause that grows; one that has had its attempts is handed to the dead letters
// and only then taken off. Deliveries are counted by the server, so a handler that kills its process counts, too: what
// comes once more than it may is buried before it is handled. Deliveries that fail because something is unavailable are no
// attempts. See decisions/0004-unavailable-is-no-attempt.md.
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
import type { Handler } from '../calls/handler.js';
import { BusContext } from '../calls/bus-context.js';
import { busError, wireErrorOf, type BusErrorCode } from '../calls/bus-error.js';
import { HEADER, headersOf, type IncomingHeaders } from '../calls/headers.js';
import { HandlerStats } from '../calls/handler-stats.js';
import type { Contract, EventContract } from '../contracts/contract.js';
import type { InputReader } from '../contracts/input-reader.js';
import { compose, surround, type Within } from '../middleware.js';
import { resetConsumerAhead } from '../streams/consumer-position.js';
import { eventStreamName } from '../streams/event-stream.js';
import { isMissing, reconcileConsumer, reconcileStream } from '../streams/reconcile.js';
import type { Excuses } from './excuses.js';
import { RETRIED_KEY, RETRIED_SUBJECT, RETRIES, retrySubject, type DeadLetterSink } from './dead-letter.js';
import { Lanes } from './lanes.js';
import type { ModuleGate } from './module-gate.js';

export interface DurableOptions {
  /** Its name among all consumers of the installation; letters, digits, `_` and `-`. */
  consumer: string;
  /** Whose consumer it is. */
  module: string;
  /** Messages that a node handles at once. Default 16. */
  concurrency?: number;
  /**
   * Messages with the same key are handled one after the other, in the order of their delivery. One that has to be tried
   * again does not hold back those behind it: order by version, never by arrival. Without it, all are handled side by side.
   */
  key?: (body: unknown) => string;
  /** Deliveries, those that ended in a crash included, before it is a dead letter; without those that failed because something was unavailable. Default: as many as fit into the bus's `retryForMs`. */
  attempts?: number;
  /** How long one attempt may take, in milliseconds; the handler's signal then aborts. Default 30,000. */
  timeoutMs?: number;
  /** How long after a crash the message is delivered again, in milliseconds. Default 30,000. */
  ackWaitMs?: number;
  /** The pause after the first failed attempt, in milliseconds; it doubles up to 5 minutes. Default 500. */
  backoffMs?: number;
  /** Messages that may be unsettled at once, those that wait to be tried again included; beyond, nothing new comes. Default 1,000, or 64 for each at once, up to 16,384. */
  maxPending?: number;
  /** Whether an error is for good: its message is a dead letter at once. Default: none is. */
  isFinal?: (error: unknown) => boolean;
}

type Settings = Required<Omit<DurableOptions, 'key' | 'isFinal'>> & Pick<DurableOptions, 'key' | 'isFinal'>;

export interface ConsumerBacklog {
  /** Messages that have not been delivered. */
  waiting: number;
  /** Up to this one of the stream. */
  delivered: number;
}

interface Source {
  stream: string;
  /** What of the stream it hears. */
  filter: string;
  /** By subject; `*` contracts by their prefix. */
  contractOf(subject: string): Contract | undefined;
  read(contract: Contract, body: unknown, reader: InputReader): unknown;
}

/** What the consumers of a node have in common. */
export interface SharedByConsumers {
  deadLetters: DeadLetterSink | undefined;
  replicas: number;
  /** How long a message that fails is tried again by default, in milliseconds. */
  retryForMs: number;
  excuses: Excuses;
  /** By module. */
  gateOf(module: string): ModuleGate | undefined;
}

interface Shared extends SharedByConsumers {
  /** Makes the source's stream where its owner has not yet. */
  prepare?: (connection: NatsConnection) => Promise<unknown>;
}

const BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 5 * 60_000;
const RETRY_CONNECT_MS = 500;
/** How often a consumer's place is compared with its stream's. */
const CARE_MS = 60_000;
/** Servers of old do not give quite the same instant at which a consumer was made each time. */
const SAME_MS = 100;
const MAX_RETRY_CONNECT_MS = 10_000;
const BURIAL_RETRY_MS = 2_000;
const MAX_BURIAL_RETRY_MS = 60_000;
/** Something that is unavailable for so long, up to five minutes each time, is no outage. */
const MAX_EXCUSED = 500;
/** The server gives no message up: only this code decides, and keeps a dead letter first. */
const UNLIMITED_DELIVERIES = -1;
const LEAST_PENDING = 1_000;
/** As many may be here: more is pulled as soon as something has come, not when it is done. What waits here costs memory. */
const MOST_PENDING = 16_384;
const LEAST_PULLED = 64;
/** Asked for at once. */
const MOST_PULLED = 4_096;
/** Given back without a pause, the server may hand the first one to a pull that is no more. */
const GIVE_BACK_MS = 100;
const RETRY_AGE_MS = 30 * 24 * 60 * 60 * 1_000;

export class StreamConsumer {
  readonly stats = new HandlerStats();
  readonly name: string;
  readonly module: string;
  deadLettered = 0;
  retried = 0;
  /** Why it does not do what the code declares; undefined while it does. */
  fault: string | undefined;
  private readonly lanes: Lanes;
  private readonly gate: ModuleGate | undefined;
  private readonly begin: ReturnType<typeof compose<'eventIn'>>;
  private readonly within: Within | undefined;
  private readonly settings: Settings;
  private readonly pulls = new Set<ConsumerMessages>();
  private readonly lastErrors = new Map<string, Failure>();
  /** Begun, or waiting here for their turn. */
  private readonly here = new Set<JsMsg>();
  private working: NodeJS.Timeout | undefined;
  private stopping = false;
  /** That nothing comes here any more; what is given back before could come again. */
  private resting: Promise<void> = Promise.resolve();
  private runs: Promise<void>[] = [];

  static ofEvents(
    host: BusHost,
    contracts: readonly EventContract[],
    handler: Handler,
    options: DurableOptions,
    shared: Shared,
  ): StreamConsumer {
    return new StreamConsumer(host, eventSource(contracts), handler, options, shared);
  }

  constructor(
    private readonly host: BusHost,
    private readonly source: Source,
    private readonly handler: Handler,
    options: DurableOptions,
    private readonly shared: Shared,
  ) {
    const { concurrency = 16, backoffMs = BACKOFF_MS } = options;
    const maxPending = Math.max(LEAST_PENDING, Math.min(concurrency * 64, MOST_PENDING));
    const attempts = attemptsWithin(shared.retryForMs, backoffMs);
    const defaults = { concurrency, attempts, timeoutMs: 30_000, ackWaitMs: 30_000, backoffMs, maxPending };
    this.settings = { ...defaults, ...options };
    this.name = options.consumer;
    this.module = options.module;
    this.lanes = new Lanes(this.settings.concurrency);
    this.gate = shared.gateOf(options.module);
    this.gate?.onClosed(() => {
      this.resting = this.rest();
    });
    this.begin = compose(host.middleware, 'eventIn');
    this.within = surround(host.middleware);
  }

  get inFlight(): number {
    return this.lanes.running;
  }

  /** Whether it rests, because its module's needs cannot be reached from this node. */
  get paused(): boolean {
    return this.gate?.isOpen === false;
  }

  /** On all nodes; undefined while it cannot be asked, or is not there. */
  async backlog(): Promise<ConsumerBacklog | undefined> {
    const info = await this.info(this.source.stream).catch(() => undefined);
    return info && { waiting: info.num_pending, delivered: info.delivered.stream_seq };
  }

  start(): void {
    if (this.runs.length > 0) return;
    // What takes long, or waits behind it, is not to be delivered again meanwhile: each time it would wait here once more, and
    // be buried in the end. One timer for all: one each would cost more than a message.
    this.working = setInterval(() => {
      for (const message of this.here) message.working();
    }, this.settings.ackWaitMs / 3).unref();
    const { stream, filter } = this.source;
    this.runs = [
      this.keepConsuming(stream, filter, (connection) => this.shared.prepare?.(connection)),
      this.keepConsuming(RETRIES, retrySubject(this.name), (connection) =>
        reconcileStream(connection, {
          name: RETRIES,
          subjects: ['retries.>'],
          retention: 'workqueue',
          storage: 'file',
          max_age: nanos(RETRY_AGE_MS),
          num_replicas: this.shared.replicas,
        }),
      ),
    ];
  }

  /** Pulls no more, and gives back what is here and not begun. */
  async stopPulling(): Promise<void> {
    this.stopping = true;
    this.lanes.close();
    await Promise.all([...this.pulls].map(endPull));
    this.lanes.giveBack();
  }

  /** Others may be able to do what this node cannot. */
  private async rest(): Promise<void> {
    await Promise.all([...this.pulls].map(endPull));
    // A server of old (2.9.10) keeps a pull that has ended until somebody asks, and loses track of what it hands to that one.
    await Promise.all([this.source.stream, RETRIES].map((stream) => this.info(stream).catch(() => undefined)));
    this.lanes.shed();
  }

  private async info(stream: string): Promise<ConsumerInfo | undefined> {
    const { live } = this.host.connection;
    return live && (await jetstreamManager(live)).consumers.info(stream, this.name);
  }

  async stopped(): Promise<void> {
    await Promise.all(this.runs);
    clearInterval(this.working);
  }

  private async keepConsuming(
    stream: string,
    filter: string,
    prepare: (connection: NatsConnection) => Promise<unknown> | undefined,
  ): Promise<void> {
    let waitMs = RETRY_CONNECT_MS;
    let failures = 0;
    while (!this.stopping) {
      const connection = this.host.connection.live;
      if (connection && this.gate?.isOpen !== false) {
        try {
          await prepare(connection);
          await this.declare(connection, stream, filter);
          waitMs = RETRY_CONNECT_MS;
          failures = 0;
          await this.consume(connection, stream);
        } catch (error) {
          if (this.stopping) return;
          failures += 1;
          // A stream is made by whoever owns it, perhaps in a moment.
          if (failures > 1 || !(error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND)) {
            const facts = { err: error, consumer: this.name, stream };
            this.host.logger.warn(facts, 'A durable consumer cannot consume; trying');
          }
          waitMs = Math.min(waitMs * 2, MAX_RETRY_CONNECT_MS);
        }
      }
      if (!this.stopping) await sleep(waitMs);
    }
  }

  private async declare(connection: NatsConnection, stream: string, filter: string): Promise<void> {
    const { ackWaitMs, maxPending } = this.settings;
    try {
      await reconcileConsumer(await jetstreamManager(connection), stream, {
        durable_name: this.name,
        // Whose it is, for those that find only the consumer.
        description: this.module,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(ackWaitMs),
        max_deliver: UNLIMITED_DELIVERIES,
        max_ack_pending: maxPending,
        filter_subject: filter,
      });
      this.fault = undefined;
    } catch (error) {
      this.fault = `${this.name} on ${stream}: ${(error as Error).message}`;
      throw error;
    }
  }

  /** Until the consumer or the connection is gone, or the node stops. */
  private async consume(connection: NatsConnection, stream: string): Promise<void> {
    const consumer = await jetstream(connection).consumers.get(stream, this.name);
    const messages = await consumer.consume({
      max_messages: Math.max(LEAST_PULLED, Math.min(this.settings.concurrency * 8, MOST_PULLED)),
      abort_on_missing_resource: true,
      callback: (message) => this.accept(message),
    });
    const pull: Pull = { stream, messages };
    const compare = (): void => void this.comparePlace(connection, pull);
    let begun = false;
    const unsubscribe = this.host.connection.onConnected(() => {
      compare();
      // The library asks for its consumer first, and waits long where the server has no answer yet: it begins anew instead.
      if (begun) messages.stop();
    });
    begun = true;
    const timer = setInterval(compare, CARE_MS * (0.75 + Math.random() / 2)).unref();
    this.pulls.add(messages);
    try {
      if (this.stopping) messages.stop();
      if (this.gate?.isOpen === false) await endPull(messages);
      await messages.closed();
    } finally {
      unsubscribe();
      clearInterval(timer);
      this.pulls.delete(messages);
      // It ends because the consumer is gone, too.
      if (!this.stopping) await this.comparePlace(connection, pull);
    }
  }

  /** The relay resets the consumers of events before it publishes; streams without an outbox have this check alone. */
  private async comparePlace(connection: NatsConnection, pull: Pull): Promise<void> {
    const { stream, messages } = pull;
    try {
      const { reset, present } = await resetConsumerAhead(await jetstreamManager(connection), stream, this.name);
      if (reset) this.host.logger.warn({ stream, ...reset }, 'A consumer was ahead of its stream and is reset');
      const madeAt = Date.parse(present.created);
      pull.madeAt ??= madeAt;
      // It may have been made anew while this node was cut off.
      if (!reset && Math.abs(madeAt - pull.madeAt) < SAME_MS) return;
      this.disown(pull);
      await endPull(messages);
    } catch (error) {
      // Else it is asked again later.
      if (isMissing(error)) this.disown(pull);
    }
  }

  /** The consumer was made anew: an acknowledgement of before would settle another message that has the same sequence now. */
  private disown(pull: Pull): void {
    if (pull.disowned) return;
    pull.disowned = true;
    for (const message of this.here) {
      if (message.info.stream === pull.stream) (message as JsMsg & { didAck: boolean }).didAck = true;
    }
  }

  private accept(message: JsMsg): void {
    const headers = headersOf(message);
    const subject = headers.get(RETRIED_SUBJECT) ?? message.subject;
    const contract = this.source.contractOf(subject);
    // The server of old takes one filter only: what is between the declared subjects is none of ours.
    if (!contract) {
      message.ack();
      return;
    }
    if (this.gate?.isOpen === false) {
      void this.resting.then(() => this.giveBack(message));
      return;
    }
    const parked = { message, headers, subject, contract, body: parse(message) };
    const key = parked.body.ok && this.settings.key ? this.keyOf(parked.body.value) : undefined;
    this.here.add(message);
    this.lanes.add(
      key,
      () => this.settle(parked),
      () => {
        this.here.delete(message);
        this.giveBack(message);
      },
    );
  }

  /** Not begun here: no attempt. The first time is not worth a note. */
  private giveBack(message: JsMsg): void {
    if (message.redelivered) void this.shared.excuses.add(message);
    message.nak(GIVE_BACK_MS);
  }

  private keyOf(body: unknown): string | undefined {
    try {
      return this.settings.key?.(body);
    } catch {
      return undefined;
    }
  }

  private async settle(parked: Parked): Promise<void> {
    const { message } = parked;
    const { excuses } = this.shared;
    const { attempts, backoffMs } = this.settings;
    try {
      const attempt = await this.attemptOf(message);
      if (attempt > attempts) {
        await this.bury(parked, this.lastErrors.get(letterKey(message, this.name)) ?? NEVER_SETTLED, attempt - 1);
        return;
      }
      const failure = await this.attempt(parked, attempt);
      if (!failure) {
        if (this.lastErrors.size > 0) this.lastErrors.delete(letterKey(message, this.name));
        if (message.redelivered) excuses.forget(message);
        await this.settleLetter(parked);
        message.ack();
        return;
      }
      this.remember(letterKey(message, this.name), failure);
      const excused = failure.final ? undefined : await this.excuse(message, failure);
      if (excused !== undefined) {
        await this.resting;
        message.nak(this.gate?.isOpen === false ? GIVE_BACK_MS : backoff(backoffMs, excused));
        return;
      }
      if (failure.final || attempt >= attempts) {
        await this.bury(parked, failure, attempt);
        return;
      }
      this.retried += 1;
      message.nak(backoff(backoffMs, attempt));
    } finally {
      this.here.delete(message);
    }
  }

  /** The server's count without what is excused; asked for only where it decides. */
  private async attemptOf(message: JsMsg): Promise<number> {
    const { deliveryCount } = message.info;
    const { excuses } = this.shared;
    const excused = deliveryCount < this.settings.attempts ? excuses.knownOf(message) : await excuses.of(message);
    return Math.max(1, deliveryCount - excused);
  }

  /** @returns how often it has been excused; undefined where it is the message's own failure. */
  private async excuse(message: JsMsg, { code }: Failure): Promise<number | undefined> {
    const unavailable = UNAVAILABLE.has(code);
    if (!unavailable && code !== DEADLINE_EXCEEDED) return undefined;
    const open = (await this.gate?.check()) ?? true;
    // A handler that hangs is excused only where a reason is seen.
    if (!unavailable && open) return undefined;
    const excused = await this.shared.excuses.add(message);
    return excused > MAX_EXCUSED ? undefined : excused;
  }

  /** @returns why it failed; undefined when it is done. */
  private async attempt(parked: Parked, attempt: number): Promise<Failure | undefined> {
    const { message, headers, subject, contract, body } = parked;
    const context = new BusContext({
      contract,
      subject,
      headers,
      requestId: headers.get(HEADER.requestId),
      deadline: performance.now() + this.settings.timeoutMs,
      delivery: { attempt, stream: message.info.stream, sequence: message.seq, consumer: this.name },
    });
    this.host.inFlight.add(context);
    const began = performance.now();
    let ended: ReturnType<NonNullable<typeof this.begin>>;
    let failure: Failure | undefined;
    let caught: Error | undefined;
    try {
      if (!body.ok) throw busError('invalid_json', 'The message is not JSON.');
      const input = this.source.read(contract, body.value, this.host.reader);
      ended = this.begin?.(context);
      const handle = (): Promise<unknown> => this.handler(input, context);
      await withDeadline(this.within ? this.within(context, handle) : handle(), context);
    } catch (error) {
      const { code } = wireErrorOf(this.host.errors, error);
      caught = error instanceof Error ? error : new Error(String(error));
      const stack = caught.stack === undefined ? {} : { stack: caught.stack };
      failure = { code, message: caught.message, ...stack, final: this.settings.isFinal?.(error) ?? false };
      this.host.logger.warn(
        { err: error, consumer: this.name, subject, sequence: message.seq, attempt },
        'A message was not done',
      );
    } finally {
      const ms = performance.now() - began;
      this.stats.count(ms, failure && { status: 500, ...failure });
      ended?.(caught, ms);
      this.host.inFlight.remove(context);
    }
    return failure;
  }

  /** Where that fails, the retry looks lost and comes again: repeats have no effect. */
  private async settleLetter({ headers }: Parked): Promise<void> {
    const key = headers.get(RETRIED_KEY);
    if (key === undefined) return;
    try {
      await this.shared.deadLetters?.settled?.(key);
    } catch (error) {
      this.host.logger.warn({ err: error, consumer: this.name }, 'A retried dead letter could not be marked as done');
    }
  }

  private async bury({ message, headers, subject }: Parked, error: Failure, attempts: number): Promise<void> {
    const { deadLetters } = this.shared;
    const { final: _final, ...told } = error;
    const facts = { consumer: this.name, subject, sequence: message.seq, attempts };
    try {
      if (!deadLetters) throw new Error('There is no place for dead letters.');
      await deadLetters.bury({
        key: letterKey(message, this.name),
        source: 'message',
        module: this.module,
        consumer: this.name,
        subject,
        stream: message.info.stream,
        streamSeq: message.seq,
        payload: message.data,
        headers: Object.fromEntries(headers.entries()),
        error: told,
        attempts,
        failedAt: new Date(),
        retrySubject: retrySubject(this.name),
      });
      this.deadLettered += 1;
      this.lastErrors.delete(letterKey(message, this.name));
      if (message.redelivered) this.shared.excuses.forget(message);
      this.host.logger.error(facts, 'A message gave up: it is with the dead letters');
      message.term();
    } catch (failure) {
      this.host.logger.error({ err: failure, ...facts }, 'A dead letter could not be kept; it stays in its stream');
      message.nak(Math.min(BURIAL_RETRY_MS * 2 ** Math.max(0, attempts - this.settings.attempts), MAX_BURIAL_RETRY_MS));
    }
  }

  private remember(key: string, failure: Failure): void {
    if (this.lastErrors.size >= REMEMBERED) this.lastErrors.clear();
    this.lastErrors.set(key, failure);
  }
}

interface Failure {
  code: string;
  message: string;
  stack?: string;
  /** Not to be tried again. */
  final?: boolean;
}

interface Pull {
  stream: string;
  messages: ConsumerMessages;
  /** When the consumer was made that it pulls from. */
  madeAt?: number;
  disowned?: boolean;
}

interface Parked {
  message: JsMsg;
  headers: IncomingHeaders;
  subject: string;
  contract: Contract;
  body: { ok: true; value: unknown } | { ok: false };
}

/** What is on its way to us still arrives: the library's own `stop` would drop it, and it would wait for its ack_wait. */
async function endPull(messages: ConsumerMessages): Promise<void> {
  const { sub } = messages as { sub?: Subscription };
  await sub?.drain().catch(() => undefined);
  messages.stop();
}

/** Of JetStream's API. */
const STREAM_NOT_FOUND = 10_059;
/** Codes of failures that say nothing about the message. */
const UNAVAILABLE: ReadonlySet<string> = new Set<BusErrorCode>(['unavailable', 'queue_full']);
const DEADLINE_EXCEEDED = 'deadline_exceeded' satisfies BusErrorCode;
const REMEMBERED = 10_000;

const NEVER_SETTLED: Failure = {
  code: 'never_settled',
  message: 'Every delivery ended without an answer: the handler, or its process, died or hung.',
};

export function letterKey(message: JsMsg, consumer: string): string {
  const headers = headersOf(message);
  // Not by its sequence where it has an id: a stream that was rolled back gives sequences again, and an event may come again.
  return (
    headers.get(RETRIED_KEY) ?? `${message.info.stream}/${headers.get(HEADER.messageId) ?? message.seq}/${consumer}`
  );
}

function eventSource(contracts: readonly EventContract[]): Source {
  const [first] = contracts;
  if (!first) throw new TypeError('A durable handler needs a contract.');
  const { module, version } = first;
  if (contracts.some((contract) => contract.module !== module || contract.version !== version)) {
    throw new TypeError('The events of one durable consumer are of one module and version.');
  }
  const exact = new Map(contracts.map((contract) => [contract.subject, contract]));
  const all = contracts.find(({ name }) => name === '*');
  const prefix = `events.${module}.v${version}.`;
  return {
    stream: eventStreamName(module),
    filter: contracts.length === 1 ? first.subject : `${prefix}*`,
    contractOf: (subject) => exact.get(subject) ?? (subject.startsWith(prefix) ? all : undefined),
    read: (contract, body, reader) =>
      contract.kind === 'event' && reader.readTrusted ? reader.readTrusted(contract.event, body) : body,
  };
}

function parse(message: JsMsg): Parked['body'] {
  try {
    return { ok: true, value: message.json() };
  } catch {
    return { ok: false };
  }
}

/** A handler that does not heed its signal is not waited for any longer. */
function withDeadline(work: Promise<unknown>, context: BusContext): Promise<unknown> {
  return new Promise((resolve, reject) => {
    context.onAbort = reject;
    work.then(resolve, reject);
  });
}

/** Attempts that fit into this time: the pauses between them, chance aside, add up to no more. At least one. */
export function attemptsWithin(horizonMs: number, backoffMs: number): number {
  let attempts = 1;
  for (let waitedMs = 0; ; attempts += 1) {
    waitedMs += Math.min(backoffMs * 2 ** (attempts - 1), MAX_BACKOFF_MS);
    if (waitedMs > horizonMs) return attempts;
  }
}

function backoff(firstMs: number, attempt: number): number {
  // Whole milliseconds: of a fraction the server takes no delay at all.
  return Math.round(Math.min(firstMs * 2 ** (attempt - 1), MAX_BACKOFF_MS) * (0.75 + Math.random() / 2));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
