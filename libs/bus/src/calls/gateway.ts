// Subjects that a host answers by its own rules, without a contract for each: the door for outside clients.
import { randomUUID } from 'node:crypto';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { BusHost } from '../bus-host.js';
import { busError, wireErrorOf, type WireError } from './bus-error.js';
import { HEADER, headersOf, OutgoingHeaders, type IncomingHeaders } from './headers.js';
import { encodeReply, parseBody, respond, respondError } from './responding.js';
import { Slots } from './slots.js';

export interface GatewayCall {
  subject: string;
  headers: IncomingHeaders;
  /** The caller's own where it is sane, else a new one; errors name it. */
  requestId: string;
  /** By performance.now(). */
  deadline: number;
  /** The user of the caller's connection, as the server reports it; undefined if the import shares nothing. */
  client: string | undefined;
  /** @throws `invalid_json`; `payload_too_large` for a body beyond the gateway's limit. */
  body(): unknown;
}

export interface GatewayAnswer {
  body: unknown;
  headers?: Readonly<Record<string, string>>;
}

export type GatewayHandler = (call: GatewayCall) => Promise<GatewayAnswer>;

export interface GatewayOptions {
  /** Default: what the server takes. */
  maxBodyBytes?: number;
  /** Throws for a body that is refused as it is written. Default: all JSON is taken. */
  checkBody?: (bytes: Uint8Array, body: unknown) => void;
}

const CAPACITY = { concurrency: 256, queue: 4_096 };
const TIMEOUT_MS = 30_000;
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;

export class Gateway {
  private readonly slots = new Slots(CAPACITY);
  private subscription: Subscription | undefined;
  private on: NatsConnection | undefined;

  constructor(
    private readonly host: BusHost,
    private readonly subject: string,
    private readonly queue: string,
    private readonly handler: GatewayHandler,
    private readonly options: GatewayOptions = {},
  ) {}

  listen(connection: NatsConnection): void {
    if (this.on === connection) return;
    this.on = connection;
    this.subscription = connection.subscribe(this.subject, {
      queue: this.queue,
      callback: (error, message) => {
        if (error) this.host.logger.warn({ err: error, subject: this.subject }, 'A subscription failed');
        else void this.answer(message, connection);
      },
    });
  }

  async drain(): Promise<void> {
    await this.subscription?.drain().catch(() => undefined);
    this.subscription = undefined;
  }

  private read(message: Msg): unknown {
    const { maxBodyBytes = Number.POSITIVE_INFINITY } = this.options;
    if (message.data.length > maxBodyBytes) {
      throw busError('payload_too_large', `The body is larger than ${maxBodyBytes} bytes.`);
    }
    const body: unknown = parseBody(message);
    this.options.checkBody?.(message.data, body);
    return body;
  }

  private async answer(message: Msg, connection: NatsConnection): Promise<void> {
    const headers = headersOf(message);
    const deadline = performance.now() + TIMEOUT_MS;
    const taken = this.slots.tryTake() ? 'taken' : await this.slots.take(deadline);
    const requestId = sane(headers.get(HEADER.requestId));
    try {
      if (taken === 'full') throw busError('queue_full', 'The node is at capacity; try again later.');
      if (taken === 'expired') return;
      const { subject } = message;
      const client = userOf(headers);
      const body = (): unknown => this.read(message);
      const answer = await this.handler({ subject, headers, requestId, deadline, client, body });
      const reply = new OutgoingHeaders();
      for (const [name, value] of Object.entries(answer.headers ?? {})) reply.set(name, value);
      respond(this.host, connection, message, reply, encodeReply(connection, answer.body));
    } catch (error) {
      const seen = wireErrorOf(this.host.errors, error);
      // The node that ran the handler has logged its failure.
      const logged = (error as Partial<WireError> | undefined)?.code === seen.code;
      if (!logged) this.host.logger.error({ err: error, subject: message.subject }, 'A call failed');
      respondError(this.host, connection, message, seen, requestId);
    } finally {
      if (taken === 'taken') this.slots.give();
    }
  }
}

/**
 * A server adds this header to a request that comes by an import of another account, behind any that the client has sent
 * itself. Within one account it adds none: a client there has every right of a node anyway.
 */
function userOf(headers: IncomingHeaders): string | undefined {
  const info = headers.last('Nats-Request-Info');
  if (info === undefined) return undefined;
  try {
    const { user } = JSON.parse(info) as { user?: unknown };
    return typeof user === 'string' && user !== '' ? user : undefined;
  } catch {
    return undefined;
  }
}

function sane(requestId: string | undefined): string {
  return requestId !== undefined && REQUEST_ID.test(requestId) ? requestId : randomUUID();
}
