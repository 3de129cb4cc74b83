// Middleware for calls and events. Hooks run at the start in order, and the functions that they return run at the end in
// reverse order. They are synchronous, so that many cost little.
import type { Contract } from './contracts/contract.js';
import type { BusContext } from './calls/bus-context.js';
import type { OutgoingHeaders } from './calls/headers.js';

/** A call or work that leaves this node, or a local call. */
export interface Outgoing {
  readonly contract: Contract;
  readonly requestId: string | undefined;
  readonly local: boolean;
  /** Headers to extend; undefined on the local route. */
  readonly headers: OutgoingHeaders | undefined;
}

/** An event on its way from the outbox to its stream. */
export interface OutgoingEvent {
  readonly subject: string;
  /** The id of the event, which identifies repeats. */
  readonly messageId: string;
  /** The W3C `traceparent` of the call that caused it, if its payload has one. */
  readonly traceparent: string | undefined;
  /** Headers to extend. */
  readonly headers: OutgoingHeaders;
}

/** Called at the end, with the error if it failed. `ms` is the duration. */
export type Ended = (error: Error | undefined, ms: number) => void;

export interface Middleware {
  readonly name: string;
  /** An error rejects the call. */
  requestOut?(call: Outgoing): Ended | void;
  /** An error is the reply. */
  requestIn?(context: BusContext): Ended | void;
  eventOut?(event: OutgoingEvent): Ended | void;
  eventIn?(context: BusContext): Ended | void;
  /** Runs a handler within a wrapper, such as an async context, and returns its result. */
  within?<T>(context: BusContext, work: () => T): T;
}

interface Subjects {
  requestOut: Outgoing;
  requestIn: BusContext;
  eventOut: OutgoingEvent;
  eventIn: BusContext;
}

type Hook<Subject> = (subject: Subject) => Ended | undefined;
export type Within = <T>(context: BusContext, work: () => T) => T;

/** Combines the hooks of a kind into one; undefined without any, so that unused hooks cost nothing. */
export function compose<Kind extends keyof Subjects>(
  all: readonly Middleware[],
  kind: Kind,
): Hook<Subjects[Kind]> | undefined {
  const hooks = all.flatMap((middleware) => {
    const hook = middleware[kind] as Hook<unknown> | undefined;
    return hook ? [(subject: unknown) => hook.call(middleware, subject)] : [];
  });
  if (hooks.length <= 1) return hooks[0];
  return (subject) => {
    const ends: Ended[] = [];
    try {
      for (const hook of hooks) {
        const end = hook(subject);
        if (end) ends.push(end);
      }
    } catch (error) {
      endAll(ends, error as Error, 0);
      throw error;
    }
    return ends.length === 0 ? undefined : (error, ms) => endAll(ends, error, ms);
  };
}

/** Nests all wrappers, the first one outermost; undefined without any. */
export function surround(all: readonly Middleware[]): Within | undefined {
  return all.reduceRight<Within | undefined>((inner, middleware) => {
    if (!middleware.within) return inner;
    const outer: Within = middleware.within.bind(middleware);
    return inner ? (context, work) => outer(context, () => inner(context, work)) : outer;
  }, undefined);
}

function endAll(ends: readonly Ended[], error: Error | undefined, ms: number): void {
  for (let index = ends.length - 1; index >= 0; index -= 1) ends[index]?.(error, ms);
}
