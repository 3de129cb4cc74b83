// The bus of a node: what its modules serve and call.
import type { NatsConnection } from '@nats-io/transport-node';
import type { BusHost } from './bus-host.js';
import type { BusContext } from './calls/bus-context.js';
import { plainErrors, type ErrorMapping } from './calls/bus-error.js';
import type { Answer, CallOptions } from './calls/call-options.js';
import { Caller, type SendOptions } from './calls/caller.js';
import { Discovery } from './calls/discovery.js';
import { Endpoint } from './calls/endpoint.js';
import { Gateway, type GatewayHandler, type GatewayOptions } from './calls/gateway.js';
import type { Handler } from './calls/handler.js';
import { InFlight } from './calls/in-flight.js';
import { PrincipalSeal } from './calls/principal-seal.js';
import { RequestServer } from './calls/request-server.js';
import type { BusConnection } from './connection/bus-connection.js';
import type { Contract, EventContract, RequestContract, Route, WorkContract } from './contracts/contract.js';
import { classValidatorReader, type InputReader } from './contracts/input-reader.js';
import { BroadcastListener } from './durable/broadcast-listener.js';
import type { DeadLetterSink } from './durable/dead-letter.js';
import { DurableConsumers } from './durable/durable-consumers.js';
import type { DurableOptions } from './durable/durable-options.js';
import type { StreamConsumer } from './durable/stream-consumer.js';
import { WorkStream } from './durable/work-stream.js';
import type { BusLogger } from './logger.js';
import type { Middleware } from './middleware.js';

export interface BusOptions {
  connection: BusConnection;
  logger: BusLogger;
  /** Shared by all nodes of an installation, the current one first. They seal the caller's identity. */
  secrets: readonly string[];
  /** The name of this node in discovery and as a caller. */
  node?: string;
  /** `local-first`: requests are served in-process if their module runs here. Default `remote`: as the contract says. */
  route?: Route;
  /** Prefix of the subjects of replies, if the node's user may subscribe to no other. Default `_INBOX`. */
  inboxPrefix?: string;
  middleware?: readonly Middleware[];
  errors?: ErrorMapping;
  reader?: InputReader;
  /** Stores messages that have used up their attempts; without it they are logged and stay in their stream. */
  deadLetters?: DeadLetterSink;
  /**
   * Rejects while a dependency of a module, such as its database, is unavailable on this node: its consumers then pause here.
   * Called when one of its messages failed because something was unavailable. Without it, consumers never pause.
   */
  available?: (module: string) => Promise<unknown>;
  /** How long a failing message is retried before it is a dead letter, in milliseconds, unless its consumer says otherwise. Default one hour. */
  retryForMs?: number;
  /** Copies of streams in a cluster. Default 1. */
  replicas?: number;
  /** How long streams keep unfinished work, in milliseconds. Default 30 days. */
  workAgeMs?: number;
}

const HOUR_MS = 60 * 60_000;
const THIRTY_DAYS_MS = 30 * 24 * 60 * 60 * 1_000;

export class Bus {
  readonly host: BusHost;
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly gateways: Gateway[] = [];
  private readonly broadcasts: BroadcastListener;
  private readonly consumers: DurableConsumers;
  private readonly work: WorkStream;
  private readonly caller: Caller;
  private readonly server: RequestServer;
  private readonly discovery: Discovery;
  private unsubscribe: (() => void) | undefined;

  constructor(options: BusOptions) {
    this.host = hostOf(options);
    const { replicas = 1, workAgeMs = THIRTY_DAYS_MS, retryForMs = HOUR_MS, deadLetters, available } = options;
    this.work = new WorkStream(this.host, { replicas, maxAgeMs: workAgeMs });
    this.consumers = new DurableConsumers(this.host, { deadLetters, replicas, retryForMs, available });
    this.broadcasts = new BroadcastListener(this.host);
    this.server = new RequestServer(this.host, () => this.endpoints.values());
    this.discovery = new Discovery(this.host, () => [...this.endpoints.values()]);
    this.caller = new Caller(this.host, {
      route: options.route ?? 'remote',
      inboxPrefix: options.inboxPrefix,
      work: this.work,
      endpointOf: (subject) => this.endpoints.get(subject),
    });
  }

  // -- what this node serves; all of it before start() --

  /** @throws TypeError when the contract has a handler here already. */
  handle(contract: RequestContract | WorkContract, handler: Handler): void {
    if (this.endpoints.has(contract.subject)) throw new TypeError(`${contract.subject} has two handlers.`);
    this.endpoints.set(contract.subject, new Endpoint(contract, handler, this.host));
    if (contract.kind === 'work' && contract.delivery === 'stream') {
      this.consumers.addWork(this.work, contract, handler);
    }
  }

  /** Every node that calls this receives every event while it is connected. */
  onEvent(contract: EventContract, handler: Handler): void {
    this.broadcasts.add(contract, handler);
  }

  /** One of all nodes with this consumer handles each event, until it succeeds or is a dead letter. */
  onDurableEvent<Event>(
    contracts: readonly EventContract<Event>[],
    handler: (body: Event, context: BusContext) => Promise<unknown>,
    options: DurableOptions<NoInfer<Event>>,
  ): void {
    this.consumers.addEvents(contracts, handler as Handler, options as DurableOptions);
  }

  /** Answers a whole tree of subjects by the host's own rules. */
  gateway(subject: string, queue: string, handler: GatewayHandler, options?: GatewayOptions): void {
    this.gateways.push(new Gateway(this.host, subject, queue, handler, options));
  }

  serves(contract: Contract): boolean {
    return this.endpoints.has(contract.subject);
  }

  // -- what modules call --

  /** @returns the reply's body. @throws the handler's error, or one of the bus. */
  async request<Request, Reply>(
    contract: RequestContract<Request, Reply>,
    body: Request,
    options: CallOptions = {},
  ): Promise<Reply> {
    return (await this.caller.exchange(contract, body, options)).body;
  }

  /** @returns the reply's body and headers. */
  exchange<Request, Reply>(
    contract: RequestContract<Request, Reply>,
    body: Request,
    options: CallOptions = {},
  ): Promise<Answer<Reply>> {
    return this.caller.exchange(contract, body, options);
  }

  /**
   * Sends work to one node. `core` work may be lost; the promise resolves when a node has received it, or at once within the
   * optimistic window. `stream` work is stored when it resolves.
   */
  send<Work>(contract: WorkContract<Work>, body: Work, options: SendOptions = {}): Promise<void> {
    return this.caller.send(contract, body, options);
  }

  // -- life cycle --

  /** Serves what has been registered, now and after every reconnect. */
  start(): void {
    this.unsubscribe ??= this.host.connection.onConnected((connection) => this.listen(connection));
    this.consumers.start();
  }

  /** Starts no more messages that other nodes can handle as well, and gives back those not started; requests are still answered. */
  stopPulling(): Promise<void> {
    return this.consumers.stopPulling();
  }

  /**
   * Takes nothing new, gives back messages not started, waits for handlers in flight, and sends their replies.
   * @returns whether everything in flight ended in time.
   */
  async drain(limitMs: number): Promise<boolean> {
    const until = performance.now() + limitMs;
    this.unsubscribe?.();
    await this.stopPulling();
    const { live } = this.host.connection;
    const doors = [this.server, this.broadcasts, this.discovery, ...this.gateways];
    if (live) await within(limitMs, Promise.all(doors.map((door) => door.drain())));
    const settled = await this.host.inFlight.settled(Math.max(0, until - performance.now()));
    await this.consumers.stopped();
    this.caller.close();
    if (this.host.connection.live) await within(1_000, this.host.connection.live.flush());
    return settled;
  }

  /** Consumers that are not what the code declares, and why: for health. */
  get faults(): string[] {
    return this.durable.flatMap(({ fault }) => fault ?? []);
  }

  get served(): readonly Endpoint[] {
    return [...this.endpoints.values()];
  }

  get durable(): readonly StreamConsumer[] {
    return this.consumers.all;
  }

  private listen(connection: NatsConnection): void {
    this.server.listen(connection);
    this.broadcasts.listen(connection);
    this.discovery.listen(connection);
    for (const gateway of this.gateways) gateway.listen(connection);
  }
}

function hostOf(options: BusOptions): BusHost {
  const { connection, logger, secrets, node = 'node', middleware = [] } = options;
  return {
    connection,
    logger,
    middleware,
    self: { kind: 'module', id: node },
    reader: options.reader ?? classValidatorReader(),
    errors: options.errors ?? plainErrors,
    seal: new PrincipalSeal(secrets),
    inFlight: new InFlight(),
    report: (error, contract, context) => {
      const facts = { err: error, subject: contract.subject, request_id: context.requestId };
      logger.error(facts, 'A handler failed');
    },
  };
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]).catch(() => undefined);
  clearTimeout(timer);
}
