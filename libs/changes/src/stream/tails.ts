// The tails of the workspaces that are followed on this node.
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { AppendedSignal } from '../feed/appended.signal.js';
import { ThingTypes } from '../feed/thing-types.js';
import { FeedSource } from './feed-source.js';
import { inParallel } from './in-parallel.js';
import { Tail } from './tail.js';

/** Rows of all tails together: about 50 MB. */
const MOST_ROWS = 50_000;
const MOST_ROWS_PER_TAIL = 1_000;
const TICK_MS = 1_000;
/** In case that a signal was lost. */
const READ_EVERY_MS = 30_000;
const CONCURRENCY = 16;

@Injectable()
export class Tails implements OnModuleInit, OnModuleDestroy {
  private readonly tails = new Map<string, Tail>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly source: FeedSource,
    private readonly types: ThingTypes,
    signal: AppendedSignal,
    private readonly logger: PinoLogger,
  ) {
    signal.onAppended((workspaceIds) => {
      if (workspaceIds) for (const id of workspaceIds) void this.tails.get(id)?.advance();
      else void this.advanceAll(this.tails.values());
    });
  }

  onModuleInit(): void {
    this.timer = setInterval(() => {
      const before = performance.now() - READ_EVERY_MS;
      void this.advanceAll([...this.tails.values()].filter(({ readAt }) => readAt < before));
    }, TICK_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** The tail, open, until as many releases. @throws UnavailableError */
  async acquire(workspaceId: string): Promise<Tail> {
    let tail = this.tails.get(workspaceId);
    if (!tail) this.tails.set(workspaceId, (tail = this.create(workspaceId)));
    tail.uses += 1;
    try {
      await tail.open();
      return tail;
    } catch (error) {
      this.release(tail);
      throw error;
    }
  }

  release(tail: Tail): void {
    tail.uses -= 1;
    if (tail.uses > 0) return;
    tail.close();
    this.forget(tail);
  }

  private create(workspaceId: string): Tail {
    return new Tail(workspaceId, {
      source: this.source,
      all: this.types.all,
      capacity: () => Math.min(MOST_ROWS_PER_TAIL, Math.ceil(MOST_ROWS / this.tails.size)),
      onError: (error) => this.logger.warn({ err: error, workspace_id: workspaceId }, 'Failed to read a change feed'),
      onBroken: (broken) => this.forget(broken),
    });
  }

  private forget(tail: Tail): void {
    if (this.tails.get(tail.workspaceId) === tail) this.tails.delete(tail.workspaceId);
  }

  private advanceAll(tails: Iterable<Tail>): Promise<void> {
    return inParallel([...tails], CONCURRENCY, (tail) => tail.advance());
  }
}
