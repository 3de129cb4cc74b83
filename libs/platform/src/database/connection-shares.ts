// Shares a module's connections among workspaces, with a limited number of places for expensive queries
// (libs/platform/decisions/0010-shares-of-connections.md).
import { DomainError, UnavailableError } from '@mono/contract';
import { FairQueue, QueueRefusal, type Lane, type WaitOptions } from './fair-queue.js';

/** The share of the pool for expensive queries. */
const EXPENSIVE_SHARE = 1 / 4;
/** The maximum share of one workspace; the rest is for others. */
const WORKSPACE_SHARE = 3 / 4;
const EXPENSIVE_WAITING = 50;
const EXPENSIVE_WAIT_MS = 10_000;
const RETRY_AFTER_SECONDS = 1;

export interface SharesOptions {
  /** The size of the pool. */
  connections: number;
  waitMs: number;
}

/** The counts of one kind of work for metrics. */
export interface ShareCounts {
  running: number;
  waiting: number;
  /** Since the start. */
  refused: number;
}

export class ConnectionShares {
  private readonly ordinary: FairQueue;
  private readonly expensive: FairQueue;
  private readonly kinds = new Map<string, ShareCounts>();
  private refused = 0;

  constructor({ connections, waitMs }: SharesOptions) {
    this.ordinary = new FairQueue({
      capacity: connections,
      perKey: atLeast(2, connections * WORKSPACE_SHARE, connections),
      waitingPerKey: Number.POSITIVE_INFINITY,
      waitMs,
    });
    const places = atLeast(2, connections * EXPENSIVE_SHARE, connections);
    this.expensive = new FairQueue({
      capacity: places,
      perKey: atLeast(1, places / 2, places),
      waitingPerKey: EXPENSIVE_WAITING,
      waitMs: EXPENSIVE_WAIT_MS,
    });
  }

  /** The common case, without promise and timer. */
  tryEnter(key: string | undefined): Lane | undefined {
    return this.ordinary.tryEnter(key);
  }

  async enter(key: string | undefined): Promise<Lane> {
    try {
      return await this.ordinary.enter(key);
    } catch (error) {
      this.refused += 1;
      throw refusalOf(error, 'requests');
    }
  }

  leave(lane: Lane): void {
    this.ordinary.leave(lane);
  }

  /** Runs `work` in the workspace's turn. @throws DomainError `rate_limited`, UnavailableError. */
  async withExpensive<T>(kind: string, key: string, options: WaitOptions, work: () => Promise<T>): Promise<T> {
    const counts = this.countsOf(kind);
    counts.waiting += 1;
    let lane: Lane;
    try {
      lane = await this.expensive.enter(key, options);
    } catch (error) {
      if (error instanceof QueueRefusal && error.reason !== 'gone') counts.refused += 1;
      throw refusalOf(error, 'expensive queries (search, filters, exact counts, reports)');
    } finally {
      counts.waiting -= 1;
    }
    counts.running += 1;
    try {
      return await work();
    } finally {
      counts.running -= 1;
      this.expensive.leave(lane);
    }
  }

  /** By kind. `ordinary` counts all statements, including those of expensive queries. */
  counts(): ReadonlyMap<string, ShareCounts> {
    const { running, waiting } = this.ordinary;
    return new Map([['ordinary', { running, waiting, refused: this.refused }], ...this.kinds]);
  }

  private countsOf(kind: string): ShareCounts {
    let counts = this.kinds.get(kind);
    if (!counts) this.kinds.set(kind, (counts = { running: 0, waiting: 0, refused: 0 }));
    return counts;
  }
}

/** The caller has disconnected or its deadline has passed, so nobody reads the error. */
export function callerGone(cause?: unknown): DomainError {
  return new DomainError(
    'timed_out',
    'deadline_exceeded',
    'The caller has disconnected, or its deadline has passed.',
    undefined,
    { cause },
  );
}

function refusalOf(error: unknown, what: string): unknown {
  if (!(error instanceof QueueRefusal)) return error;
  if (error.reason === 'gone') return callerGone(error);
  if (!error.ownDoing)
    return new UnavailableError('No database connection became available in time.', { cause: error });
  return new DomainError(
    'rate_limited',
    'rate_limited',
    `This workspace has too many running and waiting ${what}. Wait for their responses, or send fewer at once.`,
    { retry_after: RETRY_AFTER_SECONDS },
    { cause: error },
  );
}

function atLeast(least: number, value: number, most: number): number {
  return Math.min(most, Math.max(least, Math.floor(value)));
}
