// Registers the handlers that Nest has wrapped in guards, pipes, interceptors and filters on the bus.
import { Catch, type InjectionToken, type RpcExceptionFilter } from '@nestjs/common';
import { RpcException, Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { FORBIDDEN_MESSAGE } from '@nestjs/core/internal';
import { isObservable, lastValueFrom, throwError, type Observable } from 'rxjs';
import type { Bus } from '../bus.js';
import { busError } from '../calls/bus-error.js';
import type { Handler } from '../calls/handler.js';
import type { Contract } from '../contracts/contract.js';
import { BUS_TRANSPORT, consumerOf, consumerPattern, type Binding, type HandlerExtras } from './decorators.js';

export interface BusTransportOptions {
  bus: Bus;
  /** All contracts of the modules that run here: each request and each work contract needs a handler. */
  contracts: readonly Contract[];
  /** How long a node that shuts down waits for handlers in flight, in milliseconds. */
  drainMs: number;
  /** Looks up what options of handlers depend on. */
  get?: (token: InjectionToken) => unknown;
}

export class BusTransport extends Server implements CustomTransportStrategy {
  override transportId = BUS_TRANSPORT;
  private readonly places = new Map<string, string>();

  constructor(private readonly options: BusTransportOptions) {
    super();
  }

  /** @throws TypeError for a second handler of a contract, and for one without. */
  override addHandler(pattern: unknown, callback: MessageHandler, _isEvent?: boolean, extras?: unknown): void {
    const { bus: binding, where, contextOf } = (extras ?? {}) as Partial<HandlerExtras>;
    const name = String(pattern);
    if (!binding || where === undefined) throw new TypeError(`The handler of ${name} has no contract.`);
    const first = this.places.get(name);
    if (first !== undefined) throw new TypeError(`${name} has two handlers: ${first} and ${where}.`);
    this.places.set(name, where);
    const handler = unwrapped(callback, contextOf);
    const { bus } = this.options;
    if (binding.kind === 'broadcast') bus.onEvent(binding.contract, handler);
    else if (binding.kind === 'durable') this.addConsumer(name, binding, handler);
    else bus.handle(binding.contract, handler);
  }

  /** Adds the consumer of this pattern. A method has several where each of its events has its own. */
  private addConsumer(
    pattern: string,
    { contracts, options }: Extract<Binding, { kind: 'durable' }>,
    handler: Handler,
  ): void {
    const { inject, options: resolve, ...constants } = options;
    const own = contracts.filter((contract) => consumerPattern(options, contract) === pattern);
    const [first] = own;
    if (!first) throw new TypeError(`Invariant violated: ${pattern} has no event.`);
    const resolved = resolve?.(inject === undefined ? undefined : this.options.get?.(inject));
    this.options.bus.onDurableEvent(own, handler, { ...constants, ...resolved, consumer: consumerOf(options, first) });
  }

  /** @throws TypeError when a contract has no handler. */
  listen(callback: (error?: unknown) => void): void {
    const { bus, contracts } = this.options;
    const missing = contracts.filter((contract) => contract.kind !== 'event' && !bus.serves(contract));
    if (missing.length > 0) {
      throw new TypeError(`No handler for ${missing.map(({ subject }) => subject).join(', ')}.`);
    }
    bus.start();
    callback();
  }

  async close(): Promise<void> {
    await this.options.bus.drain(this.options.drainMs);
  }

  on(): never {
    throw new Error('The bus has no events of its own; see BusConnection.');
  }

  unwrap<T>(): T {
    return this.options.bus as T;
  }
}

/** The last of the filters: passes errors to the bus unchanged, which decides what the caller sees. */
@Catch()
export class ErrorsToBus implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    // Thrown by Nest when a guard returns false.
    const refused = error instanceof RpcException && error.getError() === FORBIDDEN_MESSAGE;
    return throwError(() => (refused ? busError('forbidden', 'The caller lacks the right to do this.') : error));
  }
}

function settled(result: unknown): unknown {
  return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
}

function unwrapped(callback: MessageHandler, contextOf?: HandlerExtras['contextOf']): Handler {
  if (contextOf) return (body, context) => callback(body, contextOf(context)).then(settled);
  return (body, context) => callback(body, context).then(settled);
}
