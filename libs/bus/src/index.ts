// Contracts, calls, events, connection and Nest. Outbox and inbox: `@mono/bus/outbox`; small state: `@mono/bus/state`.
export { Bus, type BusOptions } from './bus.js';
export type { BusLogger } from './logger.js';
export type { Ended, Middleware } from './middleware.js';

export { BusConnection, type BusConnectionOptions } from './connection/bus-connection.js';
export { knownLosses } from './connection/server-version.js';

export {
  defineEvent,
  defineRequest,
  defineWork,
  type BodyOf,
  type Contract,
  type EventContract,
  type RequestContract,
  type Route,
  type WorkContract,
} from './contracts/contract.js';
export type { InputReader } from './contracts/input-reader.js';

export { BusContext } from './calls/bus-context.js';
export { BusError, type BusErrorCode, type ErrorMapping, type WireError } from './calls/bus-error.js';
export type { Answer, CallOptions } from './calls/call-options.js';
export type { GatewayAnswer, GatewayCall, GatewayHandler } from './calls/gateway.js';
export { OutgoingHeaders } from './calls/headers.js';
export type { Principal } from './calls/principal-seal.js';

export {
  holdsRetry,
  retryDeadLetter,
  type DeadLetterInput,
  type DeadLetterSink,
  type RetriedLetter,
} from './durable/dead-letter.js';
export { attemptsWithin, type DurableOptions } from './durable/durable-options.js';

export { BusTransport, ErrorsToBus, type BusTransportOptions } from './nest/bus-transport.js';
export { BusModule, type BusModuleAsyncOptions, type BusModuleOptions } from './nest/bus.module.js';
export { connectBus, type ConnectBusOptions } from './nest/connect-bus.js';
export {
  DurableEventHandler,
  EventHandler,
  RequestHandler,
  WorkHandler,
  type DurableHandlerOptions,
  type HandlerDecorator,
} from './nest/decorators.js';
