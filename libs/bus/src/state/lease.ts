// A singleton among nodes: the holder of the lease does the work, and has stopped before another one can start. The holder
// renews by compare-and-set and counts the duration from before its request. Others count from the last change that they saw,
// and add a margin, so that only durations are compared and never clocks. The revision is a fencing token: it increases with
// every holder.
import type { KeyValueBucket } from './key-value-bucket.js';
import { KeyExistsError, RevisionMismatchError } from './key-value-bucket.js';
import type { BusLogger } from '../logger.js';

export interface LeaseValue {
  holder: string;
  /** Changes with every renewal, so that others see that the holder is alive. */
  beat: number;
}

export interface LeaseOptions {
  bucket: KeyValueBucket<LeaseValue>;
  /** The key in the bucket. */
  name: string;
  /** A readable name of the holder. */
  holder: string;
  /** The lease expires after this time without a renewal, in milliseconds. Default: 10,000. */
  durationMs?: number;
  logger: BusLogger;
}

/** Allows for differences in the speed of clocks and for paused processes. */
const MARGIN = 0.5;

export class Lease {
  private readonly durationMs: number;
  private revision: number | undefined;
  private beat = 0;
  /** The last seen revision of another holder, and the time of its change. */
  private seen: { revision: number; at: number } | undefined;

  constructor(private readonly options: LeaseOptions) {
    this.durationMs = options.durationMs ?? 10_000;
  }

  /**
   * Acquires the lease, works while it holds it, and repeats until the signal aborts. The signal of the work aborts when the
   * lease may be lost; the work has a third of the duration to stop.
   */
  async run(work: (signal: AbortSignal, token: number) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const token = await this.acquire().catch((error: unknown) => {
        this.options.logger.warn({ err: error, lease: this.options.name }, 'Failed to request the lease');
        return undefined;
      });
      if (token !== undefined) await this.hold(token, work, signal);
      await sleep(this.durationMs / 3, signal);
    }
  }

  /** @returns the fencing token, or undefined while another holds it. */
  private async acquire(): Promise<number | undefined> {
    const { bucket, name } = this.options;
    const present = await bucket.get(name);
    try {
      if (!present) return (this.revision = await bucket.create(name, this.value()));
      if (!this.isOver(present.revision)) return undefined;
      return (this.revision = await bucket.compareAndSet(name, this.value(), present.revision));
    } catch (error) {
      // Another node was faster.
      if (error instanceof KeyExistsError || error instanceof RevisionMismatchError) return undefined;
      throw error;
    }
  }

  private isOver(revision: number): boolean {
    const now = performance.now();
    if (this.seen?.revision !== revision) this.seen = { revision, at: now };
    return now - this.seen.at > this.durationMs * (1 + MARGIN);
  }

  private async hold(
    token: number,
    work: (signal: AbortSignal, token: number) => Promise<void>,
    outer: AbortSignal,
  ): Promise<void> {
    const lost = new AbortController();
    const signal = AbortSignal.any([lost.signal, outer]);
    const renewing = this.keepRenewing(lost, outer);
    try {
      await work(signal, token);
    } catch (error) {
      if (!signal.aborted)
        this.options.logger.error({ err: error, lease: this.options.name }, 'Work under a lease failed');
    } finally {
      lost.abort(new Error('The work has ended.'));
      await renewing;
      await this.release();
    }
  }

  private async keepRenewing(lost: AbortController, outer: AbortSignal): Promise<void> {
    // Counted from before the request, since the server may have granted it at once.
    let validUntil = performance.now() + this.durationMs * (2 / 3);
    const ended = AbortSignal.any([lost.signal, outer]);
    while (!ended.aborted) {
      await sleep(Math.min(this.durationMs / 3, validUntil - performance.now()), ended);
      if (ended.aborted) return;
      const asked = performance.now();
      const renewed = await Promise.race([this.renew(), sleep(validUntil - asked, ended).then(() => 'late' as const)]);
      if (renewed === 'yes') validUntil = asked + this.durationMs * (2 / 3);
      if (renewed === 'no' || performance.now() >= validUntil) lost.abort(new Error('The lease was lost.'));
    }
  }

  private async renew(): Promise<'yes' | 'no' | 'unknown'> {
    try {
      this.revision = await this.options.bucket.compareAndSet(this.options.name, this.value(), this.revision ?? 0);
      return 'yes';
    } catch (error) {
      return error instanceof RevisionMismatchError ? 'no' : 'unknown';
    }
  }

  /** Allows another node to start at once. After a failure, the lease expires. */
  private async release(): Promise<void> {
    const { revision } = this;
    this.revision = undefined;
    if (revision === undefined) return;
    await this.options.bucket.delete(this.options.name, revision).catch(() => undefined);
  }

  private value(): LeaseValue {
    return { holder: this.options.holder, beat: (this.beat += 1) };
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
