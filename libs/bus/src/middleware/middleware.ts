// What surrounds every call and event, in order: each middleware sees the start of one, and what it returns is called at
// its end, last first. They are plain functions without promises, so that many cost little.
import type { Contract } from '../contracts/contract.js';
import type { BusContext } from '../calls/bus-context.js';
import type { OutgoingHeaders } from '../calls/headers.js';

/** A call or event that leaves this node, or a local call. */
export interface Outgoing {
  readonly contract: Contract;
  readonly requestId: string | undefined;
  readonly local: boolean;
  /** To be added to; undefined on the local route. */
  readonly headers: OutgoingHeaders | undefined;
}

/** How it ended: with an error, or not. `ms` is the time between. */
export type Ended = (error: Error | undefined, ms: number) => void;

export interface Middleware {
  readonly name: string;
  /** A throw refuses the call. */
  requestOut?(call: Outgoing): Ended | void;
  /** A throw is the answer. */
  requestIn?(context: BusContext): Ended | void;
  eventOut?(event: Outgoing): Ended | void;
  eventIn?(context: BusContext): Ended | void;
}

type Hook<Subject> = (subject: Subject) => Ended | undefined;

/** One hook that runs them all; undefined when none has it, so that nothing is paid. */
export function compose<Kind extends 'requestOut' | 'requestIn' | 'eventOut' | 'eventIn'>(
  all: readonly Middleware[],
  kind: Kind,
): Hook<Kind extends `${string}Out` ? Outgoing : BusContext> | undefined {
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

function endAll(ends: readonly Ended[], error: Error | undefined, ms: number): void {
  for (let index = ends.length - 1; index >= 0; index -= 1) ends[index]?.(error, ms);
}
