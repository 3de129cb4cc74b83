// The bus of a node: what modules call and serve. One door for the four ways to talk; each lives in a directory of its own.
import type { NatsConnection } from '@nats-io/transport-node';
import type { BusHost } from './bus-host.js';
import { BroadcastListener } from './durable/broadcast-listener.js';
import { BusContext } from './calls/bus-context.js';
import { busError, plainErrors, type BusError, type ErrorMapping } from './calls/bus-error.js';
import type { Answer, CallOptions } from './calls/call-options.js';
import { Endpoint } from './calls/endpoint.js';
import type { Handler } from './calls/handler.js';
import { Gateway, type GatewayHandler, type GatewayOptions } from './calls/gateway.js';
import { HEADER, IncomingHeaders, OutgoingHeaders } from './calls/headers.js';
import { InFlight } from './calls/in-flight.js';
import { PrincipalSeal, type Principal } from './calls/principal-seal.js';
import { RequestClient } from './calls/request-client.js';
import { RequestServer } from './calls/request-server.js';
import type { BusConnection } from './connection/bus-connection.js';
import type { Contract, EventContract, RequestContract, Route, WorkContract } from './contracts/contract.js';
import { classValidatorReader, type InputReader } from './contracts/input-reader.js';
import { Discovery } from './calls/discovery.js';
import { Excuses } from './durable/excuses.js';
import { ModuleGate } from './durable/module-gate.js';
import { StreamConsumer, type DurableOptions, type SharedByConsumers } from './durable/stream-consumer.js';
import type { DeadLetterSink } from './durable/dead-letter.js';
import { LostDeliveries } from './durable/lost-deliveries.js';
import { WorkStream } from './durable/work-stream.js';
import type { BusLogger } from './logger.js';
import { compose, type Middleware, type Outgoing } from './middleware.js';
import { WorkSender } from './calls/work-sender.js';

export interface BusOptions {
  connection: BusConnection;
  logger: BusLogger;
  /** Shared by all nodes of an installation: the current one first. They seal who calls. */
  secrets: readonly string[];
  /** How this node is called in discovery and as a caller of its own. */
  node?: string;
  /** `local-first`: every request is served in this process where its module runs here. Default `remote`: by contract. */
  route?: Route;
  /** Of the subjects that answers come to, where the node's user may hear no other. Default `_INBOX`. */
  inboxPrefix?: string;
  middleware?: readonly Middleware[];
  errors?: ErrorMapping;
  reader?: InputReader;
  /** Where messages go that gave up; without one they are logged and stay undone in their stream. */
  deadLetters?: DeadLetterSink;
  /**
   * Rejects while a module's needs, such as its database, cannot be reached from this node: its consumers then rest here.
   * Asked when one of its messages failed because something was unavailable. Without it, consumers never rest.
   */
  available?: (module: string) => Promise<unknown>;
  /** How long a message that fails is tried again before it is a dead letter, in milliseconds; consumers may say otherwise. Default one hour. */
  retryForMs?: number;
  /** Copies of streams in a cluster. Default 1. */
  replicas?: number;
  /** How long streams of durable work keep what is not done, in milliseconds. Default 30 days. */
  workAgeMs?: number;
}

const HOUR_MS = 60 * 60_000;
const THIRTY_DAYS_MS = 30 * 24 * 60 * 60 * 1_000;

export class Bus {
  readonly host: BusHost;
  private readonly route: Route;
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly broadcasts: BroadcastListener;
  private readonly consumers: StreamConsumer[] = [];
  private readonly gateways: Gateway[] = [];
  private readonly client: RequestClient;
  private readonly server: RequestServer;
  private readonly sender: WorkSender;
  private readonly work: WorkStream;
  private readonly discovery: Discovery;
  private readonly lost: LostDeliveries | undefined;
  private readonly gates = new Map<string, ModuleGate>();
  private readonly shared: SharedByConsumers;
  private readonly beginOut: ReturnType<typeof compose<'requestOut'>>;
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly options: BusOptions) {
    const { connection, logger, secrets, node = 'node', middleware = [] } = options;
    const self: Principal = { kind: 'module', id: node };
    this.host = {
      connection,
      logger,
      middleware,
      self,
      reader: options.reader ?? classValidatorReader(),
      errors: options.errors ?? plainErrors,
      seal: new PrincipalSeal(secrets),
      inFlight: new InFlight(),
      report: (error, contract, context) => {
        const facts = { err: error, subject: contract.subject, request_id: context.requestId };
        logger.error(facts, 'A handler failed');
      },
    };
    this.route = options.route ?? 'remote';
    this.client = new RequestClient(this.host, options.inboxPrefix);
    this.server = new RequestServer(this.host, () => this.endpoints.values());
    this.sender = new WorkSender(this.host, this.client);
    const streams = { replicas: options.replicas ?? 1, maxAgeMs: options.workAgeMs ?? THIRTY_DAYS_MS };
    this.work = new WorkStream(this.host, streams);
    this.shared = {
      deadLetters: options.deadLetters,
      replicas: streams.replicas,
      retryForMs: options.retryForMs ?? HOUR_MS,
      excuses: new Excuses(connection, streams.replicas),
      gateOf: (module) => this.gateOf(module),
    };
    this.broadcasts = new BroadcastListener(this.host);
    this.discovery = new Discovery(this.host, () => [...this.endpoints.values()]);
    this.lost = options.deadLetters && new LostDeliveries(this.host, options.deadLetters, streams.replicas);
    this.beginOut = compose(middleware, 'requestOut');
  }

  // -- what this node serves; all of it before start() --

  /** @throws TypeError when the contract has a handler here already. */
  handle(contract: RequestContract | WorkContract, handler: Handler): void {
    if (this.endpoints.has(contract.subject)) throw new TypeError(`${contract.subject} has two handlers.`);
    const endpoint = new Endpoint(contract, handler, this.host);
    this.endpoints.set(contract.subject, endpoint);
    if (contract.kind === 'work' && contract.delivery === 'stream') {
      this.consumers.push(this.work.consumerOf(contract, handler, this.shared));
    }
  }

  /** Every node that calls this hears every event, as long as it is connected. */
  onEvent(contract: EventContract, handler: Handler): void {
    this.broadcasts.add(contract, handler);
  }

  /** One of all nodes with this consumer hears each event, until it is done or dead. */
  onDurableEvent(contracts: readonly EventContract[], handler: Handler, options: DurableOptions): void {
    if (this.consumers.some(({ name }) => name === options.consumer)) {
      throw new TypeError(`The durable consumer ${options.consumer} has two handlers.`);
    }
    this.consumers.push(StreamConsumer.ofEvents(this.host, contracts, handler, options, this.shared));
  }

  /** Answers a whole tree of subjects by the host's own rules. */
  gateway(subject: string, queue: string, handler: GatewayHandler, options?: GatewayOptions): void {
    this.gateways.push(new Gateway(this.host, subject, queue, handler, options));
  }

  serves(contract: Contract): boolean {
    return this.endpoints.has(contract.subject);
  }

  // -- what modules call --

  /** Asks, and returns the reply's body. @throws the handler's error, or one of the bus. */
  async request<Request, Reply>(
    contract: RequestContract<Request, Reply>,
    body: Request,
    options: CallOptions = {},
  ): Promise<Reply> {
    return (await this.exchange(contract, body, options)).body;
  }

  /** Asks, and returns the reply's body and headers. */
  exchange<Request, Reply>(
    contract: RequestContract<Request, Reply>,
    body: Request,
    options: CallOptions = {},
  ): Promise<Answer<Reply>> {
    const route = options.route ?? this.route;
    const local = route === 'local-first' || contract.route === 'local-first';
    const endpoint = local ? this.endpoints.get(contract.subject) : undefined;
    const deadline = Math.min(
      performance.now() + (options.timeoutMs ?? contract.timeoutMs),
      options.deadline ?? Number.POSITIVE_INFINITY,
    );
    const headers = endpoint ? undefined : outgoing(options);
    return this.around({ contract, requestId: options.requestId, local: endpoint !== undefined, headers }, () =>
      endpoint
        ? this.local(endpoint, contract, body, options, deadline)
        : this.remote(contract, body, options, deadline, headers ?? new OutgoingHeaders()),
    );
  }

  /**
   * Gives work away. With `core` it may be lost, and is taken when this resolves unless within the optimistic window; with
   * `stream` it is kept when this resolves. @param messageId repeats with the same one are kept once.
   */
  send<Work>(
    contract: WorkContract<Work>,
    body: Work,
    options: CallOptions & { messageId?: string } = {},
  ): Promise<void> {
    const headers = outgoing(options);
    return this.around({ contract, requestId: options.requestId, local: false, headers }, () =>
      contract.delivery === 'core'
        ? this.sender.send(contract, body, options, headers)
        : this.work.publish(contract, body, options, headers),
    );
  }

  // -- life cycle --

  /** Serves what has been registered, now and after every reconnect. */
  start(): void {
    this.unsubscribe ??= this.host.connection.onConnected((connection) => this.listen(connection));
    for (const consumer of this.consumers) consumer.start();
    this.lost?.start();
  }

  /** Begins no more of what others can do as well, and gives back what it has not begun; requests are still answered. */
  async stopPulling(): Promise<void> {
    for (const gate of this.gates.values()) gate.stop();
    await Promise.all([...this.consumers.map((consumer) => consumer.stopPulling()), this.lost?.stop()]);
  }

  /**
   * Takes no more, gives back what it has not begun, waits for what is in flight, and lets the answers leave.
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
    await Promise.all(this.consumers.map((consumer) => consumer.stopped()));
    this.client.close();
    if (this.host.connection.live) await within(1_000, this.host.connection.live.flush());
    return settled;
  }

  /** Consumers that cannot do what the code declares, and why: for health. */
  get faults(): string[] {
    return this.consumers.flatMap(({ fault }) => fault ?? []);
  }

  get served(): readonly Endpoint[] {
    return [...this.endpoints.values()];
  }

  get durable(): readonly StreamConsumer[] {
    return this.consumers;
  }

  private gateOf(module: string): ModuleGate | undefined {
    const { available, logger } = this.options;
    if (!available) return undefined;
    let gate = this.gates.get(module);
    if (!gate) this.gates.set(module, (gate = new ModuleGate({ module, probe: () => available(module), logger })));
    return gate;
  }

  private listen(connection: NatsConnection): void {
    this.server.listen(connection);
    this.broadcasts.listen(connection);
    this.discovery.listen(connection);
    for (const gateway of this.gateways) gateway.listen(connection);
  }

  /** What leaves, within the middleware. */
  private around<T>(call: Outgoing, work: () => Promise<T>): Promise<T> {
    // Most nodes have none: not even a promise more is paid.
    return this.beginOut ? this.observed(this.beginOut, call, work) : work();
  }

  private async observed<T>(
    begin: NonNullable<typeof this.beginOut>,
    call: Outgoing,
    work: () => Promise<T>,
  ): Promise<T> {
    const ended = begin(call);
    const began = performance.now();
    let failure: Error | undefined;
    try {
      return await work();
    } catch (error) {
      failure = error as Error;
      throw error;
    } finally {
      ended?.(failure, performance.now() - began);
    }
  }

  private local<Reply>(
    endpoint: Endpoint,
    contract: RequestContract<unknown, Reply>,
    body: unknown,
    options: CallOptions,
    deadline: number,
  ): Promise<Answer<Reply>> {
    const { self } = this.host;
    const context = new BusContext({
      contract,
      deadline,
      principal: contract.internal ? self : (options.principal ?? self),
      requestId: options.requestId,
      signal: options.signal,
      local: true,
      headers: options.headers ? IncomingHeaders.of(options.headers) : undefined,
    });
    return new Promise((resolve, reject) => {
      context.onAbort = (reason) => reject(this.host.errors.fromWire(reason as BusError));
      endpoint
        .run(body, context)
        .then(
          (reply) => resolve({ body: reply as Reply, header: (name) => context.headersOfReply?.get(name) }),
          reject,
        );
    });
  }

  private async remote<Reply>(
    contract: RequestContract<unknown, Reply>,
    body: unknown,
    options: CallOptions,
    deadline: number,
    headers: OutgoingHeaders,
  ): Promise<Answer<Reply>> {
    const answer = await this.client.call({ contract, body, options, deadline, headers });
    return { body: this.readReply(contract, answer.message.data), header: (name) => answer.headers.get(name) };
  }

  private readReply<Reply>(contract: RequestContract<unknown, Reply>, data: Uint8Array): Reply {
    if (data.length === 0) return undefined as Reply;
    let body: unknown;
    try {
      body = JSON.parse(decoder.decode(data));
    } catch {
      throw this.host.errors.fromWire(busError('internal_error', `${contract.subject} did not answer JSON.`));
    }
    const { reader } = this.host;
    return contract.reply && reader.readTrusted ? reader.readTrusted(contract.reply, body) : (body as Reply);
  }
}

const decoder = new TextDecoder();

function outgoing({ requestId, headers }: CallOptions): OutgoingHeaders {
  const all = new OutgoingHeaders();
  if (requestId !== undefined) all.set(HEADER.requestId, requestId);
  if (headers) for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return all;
}

async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, limit]).catch(() => undefined);
  clearTimeout(timer);
}
