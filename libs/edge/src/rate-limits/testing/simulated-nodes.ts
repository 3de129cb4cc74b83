// Limiters of several nodes on a clock that tests move, with messages that take their time, get lost or come twice.
import type { RateLimitGossip, Takes } from '../gossip.js';
import { RateLimiter, type Clock, type RateLimiterOptions } from '../rate-limiter.js';

interface Work {
  at: number;
  run: () => void;
}

export class SimulatedClock implements Clock {
  private readonly work: Work[] = [];

  /** @param time milliseconds since the epoch. */
  constructor(private time = Date.UTC(2026, 4, 1)) {}

  now(): number {
    return Math.floor(this.time);
  }

  after(ms: number, run: () => void): () => void {
    const work = { at: this.time + ms, run };
    this.work.push(work);
    return () => void (work.run = () => undefined);
  }

  /** Lets so many milliseconds pass, and all that falls into them happen in its order. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.work.reduce<Work | undefined>(
        (first, one) => (first && first.at <= one.at ? first : one),
        undefined,
      );
      if (!next || next.at > end) break;
      this.work.splice(this.work.indexOf(next), 1);
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }
}

export interface Network {
  /** How long a message travels, in milliseconds. */
  latencyMs: number;
  /** How many copies of a message arrive. */
  copies: () => number;
}

export class SimulatedNodes {
  readonly clock: SimulatedClock;
  readonly nodes: RateLimiter[] = [];
  published = 0;
  private readonly hearing = new Map<string, (node: string, takes: readonly Takes[]) => void>();
  private readonly joined: (() => void)[] = [];

  constructor(
    count: number,
    private readonly network: Network,
    { clock = new SimulatedClock(), ...options }: RateLimiterOptions & { clock?: SimulatedClock } = {},
  ) {
    this.clock = clock;
    for (let n = 0; n < count; n += 1) {
      this.nodes.push(new RateLimiter({ ...options, clock, gossip: this.gossip(`node-${n}`) }));
    }
  }

  reconnect(): void {
    for (const listener of this.joined) listener();
  }

  private gossip(node: string): RateLimitGossip {
    return {
      publish: (takes) => {
        this.published += 1;
        const body = JSON.stringify(takes);
        for (let copy = this.network.copies(); copy > 0; copy -= 1) {
          this.clock.after(this.network.latencyMs * (1 + copy / 10), () => this.deliver(node, body));
        }
      },
      onTakes: (listener) => {
        this.hearing.set(node, listener);
        return () => this.hearing.delete(node);
      },
      onJoined: (listener) => {
        this.joined.push(listener);
        return () => undefined;
      },
    };
  }

  private deliver(from: string, body: string): void {
    for (const [node, listener] of this.hearing) if (node !== from) listener(from, JSON.parse(body) as Takes[]);
  }
}
