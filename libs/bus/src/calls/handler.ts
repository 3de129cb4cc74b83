import type { BusContext } from './bus-context.js';

/** What a module does with a request, a piece of work or an event; the body is an instance of the contract's class. */
export type Handler = (body: unknown, context: BusContext) => Promise<unknown>;
