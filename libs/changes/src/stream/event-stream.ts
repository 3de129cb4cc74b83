// One client's stream: live with its channel, or behind it and catching up. It holds no more than it could not yet send of one batch.
import { DomainError } from '@mono/contract';
import type { Chunk } from './renderer.js';

/** The end of a connection that the stream writes to. */
export interface Sink {
  /** @returns false when it has enough to send; `drain` follows. */
  write(bytes: Buffer | string): boolean;
  end(): unknown;
  destroy(): unknown;
  readonly destroyed: boolean;
  on(event: 'drain' | 'close' | 'error', listener: () => void): unknown;
}

export interface EndReason {
  code: string;
  message: string;
}

/** The changes that a stream follows, with others that follow the same. */
export interface FollowedFeed {
  /** Where the live streams are. */
  readonly position: number;
  join(stream: EventStream): void;
  isLive(stream: EventStream): boolean;
  leave(stream: EventStream): void;
  /** The next events of a stream that is behind. @throws DomainError `token_expired`, `unavailable`. */
  nextFor(position: number, userId: string | null): Promise<{ chunks: readonly Chunk[]; reached: number }>;
  tokenOf(position: number): string;
}

export interface StreamOptions {
  feed: FollowedFeed;
  position: number;
  userId: string | null;
  /** @param reason undefined: the client left. */
  onClose: (reason: EndReason | undefined) => void;
}

/** How long an ended stream may take to send its last bytes. */
const LINGER_MS = 1_000;
const HEARTBEAT = ':\n\n';

export class EventStream {
  /** Since when the client has not read what was sent, by performance.now(). */
  fullSince: number | undefined;
  /** While it is not live. */
  private position: number;
  /** The position of the last id that the client has. */
  private told = -1;
  private hasBegun = false;
  private isCatchingUp = false;
  private ending: EndReason | undefined;
  private isClosed = false;
  readonly userId: string | null;
  private readonly feed: FollowedFeed;
  private readonly onClose: StreamOptions['onClose'];
  private sink: Sink | undefined;

  constructor({ feed, position, userId, onClose }: StreamOptions) {
    this.feed = feed;
    this.position = position;
    this.userId = userId;
    this.onClose = onClose;
  }

  get isEnded(): boolean {
    return this.isClosed || this.ending !== undefined;
  }

  /** The answer begins, after which nothing can be refused. */
  start(sink: Sink, retryMs: number): void {
    this.sink = sink;
    sink.on('drain', () => this.drained());
    sink.on('close', () => this.close());
    sink.on('error', () => sink.destroy());
    // The client left while it was opened.
    if (sink.destroyed) return this.close();
    this.send(`retry: ${retryMs}\n\n`);
    void this.catchUp();
  }

  /** Takes what follows its position. @returns false if it is live no longer. */
  take(chunks: readonly Chunk[], reached: number): boolean {
    for (const chunk of chunks) {
      const hasRoom = this.send(chunk.bytes);
      this.position = this.told = chunk.reached;
      if (!hasRoom) return false;
    }
    this.position = reached;
    return true;
  }

  /** It is live no longer, and catches up from there. */
  resume(position: number): void {
    this.position = position;
    void this.catchUp();
  }

  /** Also moves the position to which the client returns, past changes that it does not see. */
  beat(): void {
    if (this.isEnded || this.fullSince !== undefined) return;
    const position = this.feed.isLive(this) ? this.feed.position : this.position;
    if (this.hasBegun && position > this.told) {
      this.told = position;
      this.send(`id: ${this.feed.tokenOf(position)}\n${HEARTBEAT}`);
    } else {
      this.send(HEARTBEAT);
    }
  }

  end(reason: EndReason): void {
    if (this.isEnded) return;
    this.ending = reason;
    this.feed.leave(this);
    const { sink } = this;
    if (!sink) return;
    sink.write(`event: end\ndata: ${JSON.stringify(reason)}\n\n`);
    sink.end();
    setTimeout(() => sink.destroy(), LINGER_MS).unref();
  }

  /** Without the courtesy of `end`. */
  destroy(): void {
    this.sink?.destroy();
    this.close();
  }

  private send(bytes: Buffer | string): boolean {
    if (this.isEnded || !this.sink) return false;
    const hasRoom = this.sink.write(bytes);
    if (!hasRoom) this.fullSince ??= performance.now();
    return hasRoom;
  }

  private drained(): void {
    this.fullSince = undefined;
    void this.catchUp();
  }

  private async catchUp(): Promise<void> {
    if (this.isCatchingUp) return;
    this.isCatchingUp = true;
    const { feed, userId } = this;
    try {
      while (!this.isEnded && this.fullSince === undefined) {
        if (this.position >= feed.position) {
          this.begin();
          feed.join(this);
          break;
        }
        const { chunks, reached } = await feed.nextFor(this.position, userId);
        this.take(chunks, reached);
      }
    } catch (error) {
      this.end(reasonOf(error));
    } finally {
      this.isCatchingUp = false;
    }
  }

  /** Once the client has everything up to now. */
  private begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    const token = this.feed.tokenOf(this.position);
    this.told = this.position;
    this.send(`id: ${token}\nevent: ready\ndata: ${JSON.stringify({ token })}\n\n`);
  }

  /** Also for a stream that was never started. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.feed.leave(this);
    this.onClose(this.ending);
  }
}

export function reasonOf(error: unknown): EndReason {
  if (!(error instanceof DomainError)) return { code: 'internal_error', message: 'Internal error.' };
  return { code: error.code, message: error.message };
}
