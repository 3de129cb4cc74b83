// The open streams of this node: their number is limited, they beat, and they end with the node.
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { DomainError, UnavailableError, type Principal } from '@mono/contract';
import { Metrics, type ConfigOf, type Credentials } from '@mono/platform';
import { changesConfig } from '../changes.config.js';
import type { FeedView } from '../feed/feed-views.js';
import { FilterReader } from '../feed/filter-reader.js';
import { ResourceReader } from '../feed/resource-reader.js';
import { Channel } from './channel.js';
import { CredentialWatch } from './credential-watch.js';
import { EventStream, type EndReason } from './event-stream.js';
import { Tails } from './tails.js';

const SECOND_MS = 1_000;
const RETRY_AFTER_SECONDS = 5;
/** A client that does not read for as long is cut off. */
const STALLED_MS = 10_000;
/** How long a node that stops waits for clients to take the end of their streams. */
const FAREWELL_MS = 500;

const STOPPING: EndReason = { code: 'stopping', message: 'The node stops. Connect again.' };
const TOO_SLOW: EndReason = {
  code: 'too_slow',
  message: 'The client does not read. Connect again to continue where it stopped.',
};

export interface StreamRequest {
  principal: Principal;
  credentials: Credentials;
  view: FeedView;
  /** undefined: now. */
  since: number | undefined;
  /** @param reason undefined: the client left. */
  onClose: (reason: EndReason | undefined) => void;
}

@Injectable()
export class Streams implements OnModuleInit, OnModuleDestroy {
  private readonly all = new Set<EventStream>();
  private readonly perCredential = new Map<string, number>();
  /** Streams beat in turns, not all at once. */
  private readonly turns: Set<EventStream>[];
  private turn = 0;
  private total = 0;
  private isStopping = false;
  private onEmpty: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly tails: Tails,
    private readonly watch: CredentialWatch,
    private readonly resources: ResourceReader,
    private readonly filters: FilterReader,
    @Inject(changesConfig.KEY) private readonly config: ConfigOf<typeof changesConfig>,
    metrics: Metrics,
  ) {
    this.turns = Array.from({ length: config.CHANGES_STREAM_HEARTBEAT_SECONDS }, () => new Set());
    metrics.gauge('change_streams', 'Open streams of changes.', () => this.total);
  }

  get count(): number {
    return this.total;
  }

  onModuleInit(): void {
    this.timer = setInterval(() => this.tick(performance.now()), SECOND_MS).unref();
  }

  /** Before the server waits for the requests in flight. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    if (this.all.size === 0) return;
    const { promise: empty, resolve } = Promise.withResolvers<void>();
    this.onEmpty = resolve;
    for (const stream of this.all) stream.end(STOPPING);
    await Promise.race([empty, delay(FAREWELL_MS)]);
    for (const stream of this.all) stream.destroy();
  }

  /**
   * A stream that has not started yet: it is to be started, or closed.
   * @throws DomainError `rate_limited`, `token_expired`, `unavailable`, or `unauthorized` for a credential that has ended since.
   */
  async open(request: StreamRequest): Promise<EventStream> {
    const { principal, credentials, since } = request;
    this.enter(principal.id);
    const { stream, channel } = await this.create(request);
    try {
      if (since !== undefined) await channel.requirePosition(since);
      await this.watch.add(stream, credentials, principal);
      if (this.isStopping) throw new UnavailableError(STOPPING.message);
      return stream;
    } catch (error) {
      stream.close();
      throw error;
    }
  }

  private async create({ principal, credentials, view, since, onClose }: StreamRequest) {
    const { id, kind } = principal;
    const tail = await this.tails.acquire(view.scope.workspaceId).catch((error: unknown) => {
      this.leave(id);
      throw error;
    });
    const channel = Channel.on(tail, view, { resources: this.resources, filters: this.filters });
    const turn = this.turns[this.total % this.turns.length];
    const stream: EventStream = new EventStream({
      feed: channel,
      position: since ?? channel.position,
      userId: kind === 'user' ? id : null,
      onClose: (reason) => {
        this.all.delete(stream);
        turn?.delete(stream);
        this.watch.remove(stream, credentials);
        this.tails.release(tail);
        this.leave(id);
        onClose(reason);
      },
    });
    channel.add(stream);
    this.all.add(stream);
    turn?.add(stream);
    return { stream, channel };
  }

  /** Cuts off who does not read, and beats for the streams whose turn it is. @param now by performance.now(). */
  tick(now: number): void {
    for (const stream of this.all)
      if (stream.fullSince !== undefined && now - stream.fullSince > STALLED_MS) stream.end(TOO_SLOW);
    this.turn = (this.turn + 1) % this.turns.length;
    for (const stream of this.turns[this.turn] ?? []) stream.beat();
  }

  /** @throws DomainError `rate_limited` for one too many. */
  private enter(id: string): void {
    const { CHANGES_MAX_STREAMS: most, CHANGES_MAX_STREAMS_PER_CREDENTIAL: mostOfOne } = this.config;
    if (this.isStopping) throw new UnavailableError(STOPPING.message);
    const own = this.perCredential.get(id) ?? 0;
    if (own >= mostOfOne) throw tooMany('of this credential');
    if (this.total >= most) throw tooMany('of this node');
    this.perCredential.set(id, own + 1);
    this.total += 1;
  }

  private leave(id: string): void {
    const left = (this.perCredential.get(id) ?? 1) - 1;
    if (left === 0) this.perCredential.delete(id);
    else this.perCredential.set(id, left);
    this.total -= 1;
    if (this.total === 0) this.onEmpty?.();
  }
}

function tooMany(whose: string): DomainError {
  return new DomainError(
    'rate_limited',
    'rate_limited',
    `Too many streams ${whose} are open. Close one of them first.`,
    {
      retry_after: RETRY_AFTER_SECONDS,
    },
  );
}
