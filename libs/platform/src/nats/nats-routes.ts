// Operations whose calls over NATS a feature answers by itself on every node, as a hand-written controller does for a route.
import type { CallContext, Operation, Principal } from '@mono/contract';

export interface NatsCall {
  context: CallContext;
  /** The NATS user of the caller, as the server reports it; undefined if the server shares none. */
  client: string | undefined;
  /** Checks the credential of the call again. @returns its current rights. @throws DomainError if it may no longer call. */
  authorize(): Promise<Principal>;
}

/** @param input as sent: the operation, called over the bus, validates it. */
export type NatsHandler<Reply = unknown> = (input: unknown, call: NatsCall) => Promise<Reply>;

export class NatsRoutes {
  private readonly handlers = new Map<string, NatsHandler>();

  /** @throws TypeError when the operation has a handler here already. */
  add<Input, Reply>({ subject }: Operation<Input, Reply, CallContext>, handler: NatsHandler<Reply>): void {
    if (this.handlers.has(subject)) throw new TypeError(`${subject} has two handlers for NATS.`);
    this.handlers.set(subject, handler);
  }

  of({ subject }: { subject: string }): NatsHandler | undefined {
    return this.handlers.get(subject);
  }
}
