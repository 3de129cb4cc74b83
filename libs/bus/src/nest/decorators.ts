// Marks methods of Nest controllers as handlers of contracts. They are Nest message handlers: guards, pipes, interceptors and
// filters apply. A handler is called with the body, an instance of the contract's class, and the BusContext.
import 'reflect-metadata';
import type { InjectionToken } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import { PIPES_METADATA } from '@nestjs/common/constants.js';
import { PARAM_ARGS_METADATA } from '@nestjs/microservices/constants.js';
import type { BusContext } from '../calls/bus-context.js';
import type { EventContract, RequestContract, WorkContract } from '../contracts/contract.js';
import type { DurableOptions } from '../durable/durable-options.js';

/** Which of an application's transports the handlers are for. */
export const BUS_TRANSPORT = Symbol('bus');

export type Binding =
  | { kind: 'request'; contract: RequestContract }
  | { kind: 'work'; contract: WorkContract }
  | { kind: 'broadcast'; contract: EventContract }
  | { kind: 'durable'; contracts: readonly EventContract[]; options: DurableHandlerOptions };

/** Options of a handler method. All are constants except those that `options` returns at the boot. */
export interface DurableHandlerOptions<Injected = unknown, Event = unknown> extends Omit<
  DurableOptions<Event>,
  'consumer'
> {
  /** A function gives each event a consumer of its own, so that failures of one do not delay others. */
  consumer: string | ((event: EventContract) => string);
  /** The token of the argument of `options`, such as a configuration. */
  inject?: InjectionToken<Injected>;
  options?: (injected: Injected) => Partial<Omit<DurableOptions, 'consumer'>>;
}

export interface HandlerExtras {
  bus: Binding;
  /** Class and method, for messages. */
  where: string;
  /** Replaces the BusContext as the second argument of the method. */
  contextOf?: ((context: BusContext) => unknown) | undefined;
}

/** Read only, so that a handler may return a value or a promise. */
interface HandlerMethod<Body, Result, Context> {
  readonly value?: (body: Body, context: Context) => Promise<Result> | Result;
}
export type HandlerDecorator<Body, Result, Context = BusContext> = (
  target: object,
  method: string | symbol,
  descriptor: HandlerMethod<Body, Result, Context>,
) => void;

/** Handles a request. A thrown domain error is the reply. */
export function RequestHandler<Request, Reply>(
  contract: RequestContract<Request, Reply>,
): HandlerDecorator<Request, Reply>;
/** @param contextOf converts the BusContext to the host's own context. */
export function RequestHandler<Request, Reply, Context>(
  contract: RequestContract<Request, Reply>,
  contextOf: (context: BusContext) => Context,
): HandlerDecorator<Request, Reply, Context>;
export function RequestHandler(
  contract: RequestContract,
  contextOf?: (context: BusContext) => unknown,
): HandlerDecorator<unknown, unknown, never> {
  return handler('RequestHandler', contract?.subject, () => ({ kind: 'request', contract }), contextOf);
}

/** Handles work on one of the nodes. */
export function WorkHandler<Work>(contract: WorkContract<Work>): HandlerDecorator<Work, void> {
  return handler('WorkHandler', contract?.subject, () => ({ kind: 'work', contract: contract as WorkContract }));
}

/** Receives an event on every connected node. */
export function EventHandler<Event>(contract: EventContract<Event>): HandlerDecorator<Event, void> {
  // Several handlers may receive the same event.
  const unique = `${contract?.subject} ${(broadcasts += 1)}`;
  return handler('EventHandler', contract && unique, () => ({
    kind: 'broadcast',
    contract: contract as EventContract,
  }));
}
let broadcasts = 0;

/** Handles every event on one of all nodes, until it succeeds or is a dead letter. */
export function DurableEventHandler<Event>(
  contracts: EventContract<Event> | readonly EventContract<Event>[],
  options: DurableHandlerOptions<never, NoInfer<Event>>,
): HandlerDecorator<Event, void> {
  const all = (Array.isArray(contracts) ? contracts : [contracts]) as readonly EventContract[];
  const known = all.length > 0 && all.every((contract) => contract?.kind === 'event');
  const patterns = new Set(known ? all.map((contract) => consumerPattern(options, contract)) : []);
  return handler('DurableEventHandler', known ? [...patterns] : undefined, () => ({
    kind: 'durable',
    contracts: all,
    options: options as DurableHandlerOptions,
  }));
}

/** Nest's pattern of the consumer that handles this event. */
export function consumerPattern(options: Pick<DurableHandlerOptions, 'consumer'>, contract: EventContract): string {
  return `durable ${consumerOf(options, contract)}`;
}

export function consumerOf({ consumer }: Pick<DurableHandlerOptions, 'consumer'>, contract: EventContract): string {
  return typeof consumer === 'string' ? consumer : consumer(contract);
}

function handler<Body, Result, Context = BusContext>(
  decorator: string,
  pattern: string | string[] | undefined,
  bind: () => Binding,
  contextOf?: (context: BusContext) => unknown,
): HandlerDecorator<Body, Result, Context> {
  return (target, method, descriptor) => {
    const where = `${target.constructor.name}.${String(method)}`;
    if (pattern === undefined) throw new TypeError(`@${decorator} of ${where} has no contract (a cycle of imports?).`);
    passBodyAndContext(target, method);
    const extras: HandlerExtras = { bus: bind(), where, contextOf };
    MessagePattern(pattern, BUS_TRANSPORT, { ...extras })(target, method, descriptor as PropertyDescriptor);
  };
}

/**
 * With an empty description, Nest passes body and context without looking for pipes on each parameter, which would cost more
 * than the call. Skipped if the method describes its parameters.
 */
function passBodyAndContext(target: object, method: string | symbol): void {
  if (Reflect.hasMetadata(PARAM_ARGS_METADATA, target.constructor, method)) return;
  Reflect.defineMetadata(PARAM_ARGS_METADATA, {}, target.constructor, method);
}

/** With pipes, Nest needs to know the parameters. Call it when all decorators have run. */
export function describeParametersForPipes(controller: Function): void {
  const target = controller.prototype as object;
  for (const method of Object.getOwnPropertyNames(target)) {
    const described = Reflect.getMetadata(PARAM_ARGS_METADATA, controller, method) as object | undefined;
    if (!described || Object.keys(described).length > 0) continue;
    const handler = Object.getOwnPropertyDescriptor(target, method)?.value as object;
    if (!Reflect.hasMetadata(PIPES_METADATA, handler) && !Reflect.hasMetadata(PIPES_METADATA, controller)) continue;
    Payload()(target, method, 0);
    Ctx()(target, method, 1);
  }
}
