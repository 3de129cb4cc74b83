// The calls that this node handles, so that a deadline can abort them and a stopping node can wait for them. One coarse timer
// serves all, since a timer per call would cost more than the call.
import { busError } from './bus-error.js';
import type { BusContext } from './bus-context.js';

const SWEEP_MS = 25;

export class InFlight {
  private readonly contexts = new Set<BusContext>();
  private timer: NodeJS.Timeout | undefined;
  private idle: (() => void)[] = [];

  get size(): number {
    return this.contexts.size;
  }

  add(context: BusContext): void {
    this.contexts.add(context);
    this.timer ??= setInterval(() => this.sweep(), SWEEP_MS).unref();
  }

  remove(context: BusContext): void {
    this.contexts.delete(context);
    if (this.contexts.size > 0 || this.idle.length === 0) return;
    for (const resolve of this.idle) resolve();
    this.idle = [];
  }

  /** @returns whether all calls ended in time. The others are aborted. */
  async settled(limitMs: number): Promise<boolean> {
    if (this.contexts.size === 0) return true;
    let timer: NodeJS.Timeout | undefined;
    const ended = await Promise.race([
      new Promise<true>((resolve) => this.idle.push(() => resolve(true))),
      new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), limitMs);
      }),
    ]);
    clearTimeout(timer);
    if (!ended)
      for (const context of this.contexts) context.abort(busError('unavailable', 'The node is shutting down.'));
    return ended;
  }

  private sweep(): void {
    // Not stopped at the end of each call: the next one would start it again.
    if (this.contexts.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
      return;
    }
    const now = performance.now();
    for (const context of this.contexts) {
      if (context.deadline <= now)
        context.abort(busError('deadline_exceeded', 'The deadline of the caller has passed.'));
    }
  }
}
