// Decides at once, from memory, whether a request is within its limit. Nodes exchange their counts in the background: no request waits
// for another node, and without a bus each goes on with the counts that it has.
import type { RateLimitGossip, Takes } from './gossip.js';
import { SlidingWindow } from './sliding-window.js';
import type { RateLimit, Verdict } from '@mono/platform';

export interface Clock {
  /** Milliseconds since the epoch; nodes whose clocks differ by more than a slot, a twentieth of a window, count less truly. */
  now(): number;
  /** Does not keep the process alive. @returns how to call it off. */
  after(ms: number, work: () => void): () => void;
}

export interface RateLimiterOptions {
  /** Without it the node counts alone. */
  gossip?: RateLimitGossip;
  /** Beyond this the keys that were not used for longest are forgotten. Default 100,000. */
  maxKeys?: number;
  clock?: Clock;
}

const MAX_KEYS = 100_000;
const FLUSH_MS = 5;
/** Keys of one flush, so that none holds up requests. */
const FLUSH_KEYS = 1_000;
/** When the bus comes back, its nodes do so one after the other. */
const PUBLISH_ALL_MS = 100;
const SWEEP_MS = 1_000;
/** Keys of one sweep, so that none holds up requests. */
const SWEEP_KEYS = 10_000;
/** Share of the keys that are forgotten at once when they are too many: to find the stalest one costs as much as many of them. */
const EVICTED = 0.01;

/** Share of a limit that a node takes before it publishes at once, instead of with the next flush. */
const UNPUBLISHED = 0.03;
/** Greatest share of a limit that is refused because of a guess at what others are taking. */
const GUESSED = 0.1;

const systemClock: Clock = {
  now: Date.now,
  after(ms, work) {
    const timer = setTimeout(work, ms).unref();
    return () => clearTimeout(timer);
  },
};

export class RateLimiter {
  /** The keys used last are last. */
  private readonly windows = new Map<string, SlidingWindow>();
  private readonly unpublished = new Set<SlidingWindow>();
  private readonly gossip: RateLimitGossip | undefined;
  private readonly maxKeys: number;
  private readonly clock: Clock;
  private readonly ends: (() => void)[] = [];
  private toSweep = this.windows.values();
  private endSweeps: () => void;
  private endFlush: (() => void) | undefined;
  private endPublishAll: (() => void) | undefined;

  constructor({ gossip, maxKeys = MAX_KEYS, clock = systemClock }: RateLimiterOptions = {}) {
    this.gossip = gossip;
    this.maxKeys = maxKeys;
    this.clock = clock;
    if (gossip) {
      this.ends.push(
        gossip.onTakes((node, takes) => this.merge(node, takes)),
        gossip.onJoined(() => this.publishAllSoon()),
      );
    }
    this.sweepLater();
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.windows.size;
  }

  /**
   * Takes `cost` requests of what `key` may, or nothing when it is refused.
   *
   * @param key `<class>:<subject>`, of public ids: it travels among nodes.
   */
  take(key: string, { limit, windowMs }: RateLimit, cost = 1): Verdict {
    const now = this.clock.now();
    const window = this.windowOf(key, windowMs);
    const left = limit - window.taken(now);
    const surelyLeft = left - Math.min(window.underWay(now), limit * GUESSED);
    const allowed = cost <= surelyLeft;
    if (allowed) {
      if (window.take(cost, now)) this.touch(window);
      this.publishSoon(window, limit);
    }
    return {
      allowed,
      limit,
      remaining: Math.max(0, Math.floor(allowed ? left - cost : surelyLeft)),
      resetMs: window.leavesIn(Infinity, now),
      retryAfterMs: allowed ? 0 : retryAfter(window, limit, cost, now),
    };
  }

  /** Publishes the remaining counts, and ends. */
  stop(): void {
    while (this.unpublished.size > 0) this.flush();
    this.endFlush?.();
    this.endPublishAll?.();
    this.endSweeps();
    for (const end of this.ends) end();
  }

  private windowOf(key: string, windowMs: number): SlidingWindow {
    const known = this.windows.get(key);
    if (known?.windowMs === windowMs) return known;
    const window = new SlidingWindow(key, windowMs);
    this.touch(window);
    return window;
  }

  private touch(window: SlidingWindow): void {
    this.windows.delete(window.key);
    this.windows.set(window.key, window);
    if (this.windows.size <= this.maxKeys) return;
    const kept = Math.floor(this.maxKeys * (1 - EVICTED));
    for (const stalest of this.windows.keys()) {
      if (this.windows.size <= kept) return;
      this.windows.delete(stalest);
    }
  }

  private merge(node: string, takes: readonly Takes[]): void {
    const now = this.clock.now();
    for (const { key, windowMs, slots } of takes) {
      // A node with other settings counts other slots.
      const known = this.windows.get(key);
      if (!known || known.windowMs === windowMs) this.windowOf(key, windowMs).merge(node, slots, now);
    }
  }

  private publishSoon(window: SlidingWindow, limit: number): void {
    if (!this.gossip) return;
    if (window.unpublished >= limit * UNPUBLISHED) {
      this.unpublished.delete(window);
      this.publish([window]);
      return;
    }
    this.unpublished.add(window);
    this.flushSoon();
  }

  private publishAllSoon(): void {
    this.endPublishAll ??= this.clock.after(PUBLISH_ALL_MS, () => {
      this.endPublishAll = undefined;
      for (const window of this.windows.values()) this.unpublished.add(window);
      this.flushSoon();
    });
  }

  private flushSoon(): void {
    this.endFlush ??= this.clock.after(FLUSH_MS, () => {
      this.endFlush = undefined;
      this.flush();
      if (this.unpublished.size > 0) this.flushSoon();
    });
  }

  private flush(): void {
    const windows: SlidingWindow[] = [];
    for (const window of this.unpublished) {
      if (windows.length === FLUSH_KEYS) break;
      windows.push(window);
      this.unpublished.delete(window);
    }
    this.publish(windows);
  }

  private publish(windows: readonly SlidingWindow[]): void {
    for (const window of windows) window.unpublished = 0;
    const now = this.clock.now();
    const takes = windows.map((window) => window.own(now)).filter(({ slots }) => slots.length > 0);
    if (takes.length > 0) this.gossip?.publish(takes);
  }

  /** Forgets keys of which nothing counts any more, from where the last sweep ended. */
  private sweep(): void {
    const now = this.clock.now();
    for (let looked = 0; looked < SWEEP_KEYS; looked += 1) {
      const { value: window, done } = this.toSweep.next();
      if (done) {
        this.toSweep = this.windows.values();
        return;
      }
      if (window.taken(now) === 0) this.windows.delete(window.key);
    }
  }

  private sweepLater(): void {
    this.endSweeps = this.clock.after(SWEEP_MS, () => {
      this.sweep();
      this.sweepLater();
    });
  }
}

function retryAfter(window: SlidingWindow, limit: number, cost: number, now: number): number {
  // A request that can never be allowed has the longest delay.
  if (cost > limit) return window.windowMs;
  return Math.max(1, window.leavesIn(window.taken(now) + cost - limit, now));
}
