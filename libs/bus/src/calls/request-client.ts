// Requests to other nodes: own inbox, the caller's time, retries where a repeat does no harm, a circuit breaker per subject.
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { BusHost } from '../bus-host.js';
import type { RequestContract, WorkContract } from '../contracts/contract.js';
import { busError, isRetryable, type WireError } from './bus-error.js';
import type { CallOptions } from './call-options.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { HEADER, headersOf, OutgoingHeaders, type IncomingHeaders } from './headers.js';
import { Inbox } from './inbox.js';

export interface RemoteAnswer {
  message: Msg;
  headers: IncomingHeaders;
}

export interface RemoteCall {
  contract: RequestContract | WorkContract;
  body: unknown;
  options: CallOptions;
  /** By performance.now(). */
  deadline: number;
  headers: OutgoingHeaders;
}

const RETRIES = 3;
const FIRST_RETRY_MS = 20;
const NO_RESPONDERS = 503;

export class RequestClient {
  private readonly breakers = new Map<string, CircuitBreaker>();
  private inbox: Inbox | undefined;

  constructor(
    private readonly host: BusHost,
    private readonly inboxPrefix?: string,
  ) {}

  /** @throws what the handler answered, or the bus's own `unavailable`, `deadline_exceeded`, `payload_too_large`. */
  async call(call: RemoteCall): Promise<RemoteAnswer> {
    const repeatable = call.contract.kind === 'request' && call.contract.idempotent;
    for (let retry = 0; ; retry += 1) {
      try {
        return await this.once(call);
      } catch (error) {
        const wire = error as WireError;
        const waitMs = FIRST_RETRY_MS * 2 ** retry * (0.5 + Math.random());
        const worthIt = repeatable && retry < RETRIES && isRetryable(wire) && !call.options.signal?.aborted;
        if (!worthIt || call.deadline - performance.now() <= waitMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  close(): void {
    this.inbox?.close();
    this.inbox = undefined;
  }

  private once(call: RemoteCall): Promise<RemoteAnswer> {
    const { contract, options, deadline } = call;
    const connection = this.host.connection.live;
    if (!connection) return Promise.reject(this.seen(busError('unavailable', 'NATS is not connected.')));
    const remaining = deadline - performance.now();
    if (remaining <= 0)
      return Promise.reject(this.seen(busError('deadline_exceeded', 'The deadline of the caller has passed.')));
    const breaker = this.breakerOf(contract.subject);
    if (!breaker.allows()) {
      const details = { retry_after: breaker.retryAfterSeconds };
      return Promise.reject(
        this.seen(busError('unavailable', `${contract.module} does not answer at present.`, details)),
      );
    }
    return new Promise((resolve, reject) => {
      const inbox = this.inboxOf(connection);
      let onAbort: (() => void) | undefined;
      const { reply, token } = inbox.expect(deadline, (message, error) => {
        if (onAbort) options.signal?.removeEventListener('abort', onAbort);
        if (!message) {
          const wire = error as unknown as WireError;
          if (isRetryable(wire)) breaker.failed();
          else breaker.abandoned();
          reject(this.seen(error as Error & WireError));
          return;
        }
        try {
          resolve(this.open(contract, message, breaker));
        } catch (failure) {
          reject(failure);
        }
      });
      if (options.signal) {
        const { signal } = options;
        onAbort = () => inbox.settle(token, undefined, signal.reason as Error);
        if (signal.aborted) return onAbort();
        signal.addEventListener('abort', onAbort, { once: true });
      }
      this.publish(connection, call, reply, remaining, (error) => inbox.settle(token, undefined, error));
    });
  }

  private publish(
    connection: NatsConnection,
    { contract, body, options, headers }: RemoteCall,
    reply: string,
    remainingMs: number,
    fail: (error: Error) => void,
  ): void {
    const { seal, self } = this.host;
    const internal = contract.kind === 'request' && contract.internal;
    const principal = internal ? self : (options.principal ?? self);
    const all = new OutgoingHeaders(headers)
      .set(HEADER.timeout, String(Math.max(1, Math.floor(remainingMs))))
      .set(HEADER.principal, seal.seal(contract.subject, principal));
    try {
      const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      connection.publish(contract.subject, payload, { reply, ...all.forPublish() });
    } catch (error) {
      const tooLarge = (error as Error).message.includes('max_payload');
      fail(
        tooLarge
          ? busError('payload_too_large', 'The request exceeds the size limit of NATS.')
          : busError('unavailable', 'The request could not be sent.'),
      );
    }
  }

  private open(contract: { module: string }, message: Msg, breaker: CircuitBreaker): RemoteAnswer {
    const headers = headersOf(message);
    if (headers.status === NO_RESPONDERS && message.data.length === 0) {
      breaker.abandoned();
      throw this.seen(busError('unavailable', `No node runs ${contract.module} at present.`));
    }
    breaker.succeeded();
    const code = headers.get(HEADER.error);
    if (code !== undefined) throw this.seen(wireErrorIn(message, headers, code));
    return { message, headers };
  }

  private seen(error: WireError): Error {
    return this.host.errors.fromWire(error);
  }

  private breakerOf(subject: string): CircuitBreaker {
    let breaker = this.breakers.get(subject);
    if (!breaker) this.breakers.set(subject, (breaker = new CircuitBreaker()));
    return breaker;
  }

  private inboxOf(connection: NatsConnection): Inbox {
    if (this.inbox?.connection === connection) return this.inbox;
    this.inbox?.close();
    const inbox = new Inbox(connection, this.inboxPrefix);
    this.inbox = inbox;
    void failWhenLost(connection, inbox);
    return inbox;
  }
}

async function failWhenLost(connection: NatsConnection, inbox: Inbox): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === 'disconnect')
      inbox.failAll(busError('unavailable', 'The connection to NATS was lost before the reply arrived.'));
  }
  inbox.failAll(busError('unavailable', 'The connection to NATS is closed.'));
}

function wireErrorIn(message: Msg, headers: IncomingHeaders, code: string): WireError {
  const status = Number(headers.get(HEADER.errorCode)) || 500;
  try {
    const { code: named, message: text, details } = message.json<{ code: string; message: string; details: unknown }>();
    return { status, code: named, message: text, details: details ?? undefined };
  } catch {
    return { status, code, message: code };
  }
}
