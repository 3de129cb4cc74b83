// One inbox for all requests of a connection: a wildcard subscription, a map from token to caller, and one coarse timer for
// expired calls. `request` of the client library creates a timer and promises per call.
import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { busError } from './bus-error.js';

const SWEEP_MS = 20;

interface Pending {
  deadline: number;
  settle(message: Msg | undefined, error: Error | undefined): void;
}

export class Inbox {
  private readonly pending = new Map<string, Pending>();
  private readonly prefix: string;
  private readonly subscription: Subscription;
  private readonly offset: number;
  private next = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly connection: NatsConnection,
    inboxPrefix?: string,
  ) {
    this.prefix = `${createInbox(inboxPrefix)}.`;
    this.offset = this.prefix.length;
    this.subscription = connection.subscribe(`${this.prefix}*`, {
      callback: (error, message) => {
        if (!error) this.settle(message.subject.slice(this.offset), message, undefined);
      },
    });
  }

  get size(): number {
    return this.pending.size;
  }

  /** @param deadline by performance.now(). @returns the reply subject, and the token that cancels the call. */
  expect(deadline: number, settle: Pending['settle']): { reply: string; token: string } {
    const token = (this.next += 1).toString(36);
    this.pending.set(token, { deadline, settle });
    this.timer ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
    return { reply: this.prefix + token, token };
  }

  settle(token: string, message: Msg | undefined, error: Error | undefined): void {
    const pending = this.pending.get(token);
    if (!pending) return;
    this.pending.delete(token);
    pending.settle(message, error);
  }

  /** After a loss of the connection, replies may never arrive. */
  failAll(error: Error): void {
    for (const token of this.pending.keys()) this.settle(token, undefined, error);
  }

  close(): void {
    clearInterval(this.timer);
    this.subscription.unsubscribe();
    this.failAll(busError('unavailable', 'The connection to NATS is closing.'));
  }

  private sweep(): void {
    if (this.pending.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
      return;
    }
    const now = performance.now();
    for (const [token, { deadline }] of this.pending) {
      if (deadline <= now) this.settle(token, undefined, busError('deadline_exceeded', 'No reply arrived in time.'));
    }
  }
}
