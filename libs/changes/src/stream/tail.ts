// The end of a workspace's feed, which a node reads once for all of its streams: the last rows.
import type { DomainError } from '@mono/contract';
import type { FeedRow } from '../../contract/index.js';
import type { Visible } from '../feed/thing-types.js';
import type { Batch, FeedSource } from './feed-source.js';

/** Rows per batch of a stream that catches up. */
const BATCH_ROWS = 200;
const RETRY_MS = 1_000;

export interface Follower {
  /** Rows have been appended. */
  advance(): void;
  /** There will be no more rows. */
  fail(reason: { code: string; message: string }): void;
}

export interface TailOptions {
  source: FeedSource;
  /** All types that this node knows. */
  all: Visible;
  /** How many rows it may keep. */
  capacity: () => number;
  onError: (error: unknown) => void;
  /** It is of no use to new followers. */
  onBroken: (tail: Tail) => void;
}

export class Tail {
  readonly followers = new Set<Follower>();
  /** Opened streams, and those that open. */
  uses = 0;
  head = 0;
  /** By performance.now(). */
  readAt = 0;
  private rows: FeedRow[] = [];
  /** The rows that are kept come after it. */
  private start = 0;
  private isDirty = false;
  private reading: Promise<void> | undefined;
  private opening: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    readonly workspaceId: string,
    private readonly options: TailOptions,
  ) {}

  /** @throws UnavailableError */
  open(): Promise<void> {
    this.opening ??= this.readHead();
    return this.opening;
  }

  /** Reads to the head. Never rejects: what fails is tried again. */
  advance(): Promise<void> {
    this.isDirty = true;
    if (!this.opening || this.isClosed) return Promise.resolve();
    this.reading ??= this.readAll().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  /** From memory where it is there. @throws DomainError `token_expired`. */
  after(position: number, visible: Visible): Batch | Promise<Batch> {
    if (position < this.start || position > this.head)
      return this.options.source.after(this.workspaceId, position, visible, BATCH_ROWS);
    const first = this.rows.findLastIndex((row) => row.position <= position) + 1;
    const rows = this.rows.slice(first, first + BATCH_ROWS);
    const isCut = first + rows.length < this.rows.length;
    return { rows, reached: isCut ? (rows.at(-1)?.position ?? position) : this.head };
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
  }

  private async readHead(): Promise<void> {
    try {
      this.start = this.head = await this.options.source.head(this.workspaceId);
      this.readAt = performance.now();
    } catch (error) {
      this.opening = undefined;
      throw error;
    }
    if (this.isDirty) void this.advance();
  }

  private async readAll(): Promise<void> {
    const { source, all, onError, onBroken } = this.options;
    try {
      await this.opening;
      while (this.isDirty && !this.isClosed) {
        this.isDirty = false;
        const { rows, reached, head } = await source.after(this.workspaceId, this.head, all);
        this.readAt = performance.now();
        this.isDirty ||= reached < head;
        if (reached === this.head) continue;
        this.append(rows, reached);
        for (const follower of this.followers) follower.advance();
      }
    } catch (error) {
      // The feed was restored to an earlier time, or everything after the head has been pruned.
      if ((error as DomainError).code === 'token_expired') {
        this.close();
        onBroken(this);
        const { code, message } = error as DomainError;
        for (const follower of this.followers) follower.fail({ code, message });
        return;
      }
      onError(error);
      if (!this.isClosed) this.retry = setTimeout(() => void this.advance(), RETRY_MS).unref();
    }
  }

  private append(rows: readonly FeedRow[], reached: number): void {
    this.rows.push(...rows);
    this.head = reached;
    const excess = this.rows.length - this.options.capacity();
    if (excess <= 0) return;
    this.start = this.rows[excess - 1]?.position ?? this.start;
    this.rows.splice(0, excess);
  }
}
