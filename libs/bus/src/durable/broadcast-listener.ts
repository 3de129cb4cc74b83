// Events for every connected node: cache drops, revocations. Nothing is stored for a disconnected node, so caches must be
// cleared after a reconnect.
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { BusHost } from '../bus-host.js';
import type { Handler } from '../calls/handler.js';
import { BusContext } from '../calls/bus-context.js';
import { HEADER, headersOf } from '../calls/headers.js';
import type { EventContract } from '../contracts/contract.js';
import { compose, surround, type Ended, type Within } from '../middleware.js';

const TIMEOUT_MS = 30_000;

export class BroadcastListener {
  private readonly handlers: { contract: EventContract; handler: Handler }[] = [];
  private subscriptions: Subscription[] = [];
  private on: NatsConnection | undefined;
  private readonly begin: ReturnType<typeof compose<'eventIn'>>;
  private readonly within: Within | undefined;

  constructor(private readonly host: BusHost) {
    this.begin = compose(host.middleware, 'eventIn');
    this.within = surround(host.middleware);
  }

  add(contract: EventContract, handler: Handler): void {
    this.handlers.push({ contract, handler });
  }

  listen(connection: NatsConnection): void {
    if (this.on === connection) return;
    this.on = connection;
    this.subscriptions = this.handlers.map(({ contract, handler }) =>
      connection.subscribe(contract.subject, {
        callback: (error, message) => {
          if (!error) void this.receive(contract, handler, message);
        },
      }),
    );
  }

  async drain(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.drain().catch(() => undefined)));
    this.subscriptions = [];
  }

  private async receive(contract: EventContract, handler: Handler, message: Msg): Promise<void> {
    const headers = headersOf(message);
    const context = new BusContext({
      contract,
      subject: message.subject,
      headers,
      requestId: headers.get(HEADER.requestId),
      deadline: performance.now() + TIMEOUT_MS,
    });
    this.host.inFlight.add(context);
    const began = performance.now();
    let ended: Ended | undefined;
    let failure: Error | undefined;
    try {
      const { reader } = this.host;
      const body: unknown = message.json();
      const type = contract.event as new () => unknown;
      ended = this.begin?.(context);
      const event = reader.readTrusted ? reader.readTrusted(type, body) : body;
      await (this.within ? this.within(context, () => handler(event, context)) : handler(event, context));
    } catch (error) {
      failure = error as Error;
      this.host.logger.error({ err: error, subject: message.subject }, 'A broadcast handler failed');
    } finally {
      ended?.(failure, performance.now() - began);
      this.host.inFlight.remove(context);
    }
  }
}
