// Requests and core work over NATS: one subscription per contract, in its module's queue group.
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { BusHost } from '../bus-host.js';
import { BusContext } from './bus-context.js';
import { busError, wireErrorOf } from './bus-error.js';
import type { Endpoint } from './endpoint.js';
import { HEADER, headersOf, OutgoingHeaders, type IncomingHeaders } from './headers.js';
import { EMPTY, encodeReply, parseBody, respond, respondError } from './responding.js';

export class RequestServer {
  private readonly subscriptions: Subscription[] = [];
  private on: NatsConnection | undefined;

  constructor(
    private readonly host: BusHost,
    private readonly endpoints: () => Iterable<Endpoint>,
  ) {}

  /** Subscribes what there is; again with a new connection. */
  listen(connection: NatsConnection): void {
    // A reconnected one keeps its subscriptions.
    if (this.on === connection) return;
    this.on = connection;
    this.subscriptions.length = 0;
    for (const endpoint of this.endpoints()) {
      const { subject, module } = endpoint.contract;
      if (endpoint.contract.kind === 'work' && endpoint.contract.delivery === 'stream') continue;
      this.subscriptions.push(
        connection.subscribe(subject, {
          queue: module,
          callback: (error, message) => {
            if (error) this.host.logger.warn({ err: error, subject }, 'A subscription failed');
            else void this.answer(endpoint, message, connection);
          },
        }),
      );
    }
  }

  /** Takes no more; what has arrived is still handled. */
  async drain(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.drain().catch(() => undefined)));
    this.subscriptions.length = 0;
  }

  private async answer(endpoint: Endpoint, message: Msg, connection: NatsConnection): Promise<void> {
    const { host } = this;
    const { contract } = endpoint;
    const headers = headersOf(message);
    const requestId = headers.get(HEADER.requestId);
    let replied = false;
    const acknowledge = (): void => {
      replied = true;
      respond(host, connection, message, undefined, EMPTY);
    };
    try {
      const context = this.contextOf(endpoint, headers, requestId);
      const early = contract.kind === 'work' && contract.acknowledge === 'before' ? acknowledge : undefined;
      const result = await endpoint.run(parseBody(message), context, early);
      if (!replied) respond(host, connection, message, replyHeaders(context), encodeReply(connection, result));
    } catch (error) {
      const seen = wireErrorOf(host.errors, error);
      if (replied) host.logger.warn({ err: error, subject: contract.subject }, 'Acknowledged work failed');
      else respondError(host, connection, message, seen, requestId);
    }
  }

  /** @throws BusError `unauthorized` where the seal is not ours. */
  private contextOf({ contract }: Endpoint, headers: IncomingHeaders, requestId: string | undefined): BusContext {
    const timeoutMs = Number(headers.get(HEADER.timeout) ?? contract.timeoutMs);
    const sealed = headers.get(HEADER.principal);
    const principal = sealed === undefined ? undefined : this.host.seal.open(contract.subject, sealed);
    if (sealed !== undefined && !principal) throw busError('unauthorized', 'The caller is not known.');
    const deadline = performance.now() + (timeoutMs > 0 ? timeoutMs : contract.timeoutMs);
    return new BusContext({ contract, headers, principal, requestId, deadline });
  }
}

function replyHeaders({ headersOfReply }: BusContext): OutgoingHeaders | undefined {
  if (!headersOfReply) return undefined;
  const headers = new OutgoingHeaders();
  for (const [name, value] of headersOfReply) headers.set(name, value);
  return headers;
}
