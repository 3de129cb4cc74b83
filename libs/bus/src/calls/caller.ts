// Sends requests by either route, and work, through the middleware.
import type { BusHost } from '../bus-host.js';
import { IncomingHeaders, HEADER, OutgoingHeaders } from './headers.js';
import type { RequestContract, Route, WorkContract } from '../contracts/contract.js';
import type { WorkStream } from '../durable/work-stream.js';
import { compose, type Outgoing } from '../middleware.js';
import { BusContext } from './bus-context.js';
import { busError, type BusError } from './bus-error.js';
import type { Answer, CallOptions } from './call-options.js';
import type { Endpoint } from './endpoint.js';
import { RequestClient } from './request-client.js';
import { WorkSender } from './work-sender.js';

export type SendOptions = CallOptions & {
  /** Work with the same id is stored once. */
  messageId?: string;
};

export interface CallerParts {
  /** The default route. */
  route: Route;
  inboxPrefix: string | undefined;
  work: WorkStream;
  /** The handler of a subject on this node. */
  endpointOf(subject: string): Endpoint | undefined;
}

const decoder = new TextDecoder();

export class Caller {
  private readonly client: RequestClient;
  private readonly sender: WorkSender;
  private readonly beginOut: ReturnType<typeof compose<'requestOut'>>;

  constructor(
    private readonly host: BusHost,
    private readonly parts: CallerParts,
  ) {
    this.client = new RequestClient(host, parts.inboxPrefix);
    this.sender = new WorkSender(host, this.client);
    this.beginOut = compose(host.middleware, 'requestOut');
  }

  exchange<Request, Reply>(
    contract: RequestContract<Request, Reply>,
    body: Request,
    options: CallOptions,
  ): Promise<Answer<Reply>> {
    const route = options.route ?? this.parts.route;
    const local = route === 'local-first' || contract.route === 'local-first';
    const endpoint = local ? this.parts.endpointOf(contract.subject) : undefined;
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

  send<Work>(contract: WorkContract<Work>, body: Work, options: SendOptions): Promise<void> {
    const headers = outgoing(options);
    return this.around({ contract, requestId: options.requestId, local: false, headers }, () =>
      contract.delivery === 'core'
        ? this.sender.send(contract, body, options, headers)
        : this.parts.work.publish(contract, body, options, headers),
    );
  }

  /** Fails pending calls. */
  close(): void {
    this.client.close();
  }

  private around<T>(call: Outgoing, work: () => Promise<T>): Promise<T> {
    // Without middleware a call costs no additional promise.
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
      throw this.host.errors.fromWire(busError('internal_error', `${contract.subject} did not reply with JSON.`));
    }
    const { reader } = this.host;
    return contract.reply && reader.readTrusted ? reader.readTrusted(contract.reply, body) : (body as Reply);
  }
}

function outgoing({ requestId, headers }: CallOptions): OutgoingHeaders {
  const all = new OutgoingHeaders();
  if (requestId !== undefined) all.set(HEADER.requestId, requestId);
  if (headers) for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return all;
}
