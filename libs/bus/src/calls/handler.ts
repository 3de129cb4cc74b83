import type { BusContext } from './bus-context.js';

/** Handles a request, work or an event. The body is an instance of the contract's class. */
export type Handler = (body: unknown, context: BusContext) => Promise<unknown>;
