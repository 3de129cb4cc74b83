// The streams of a workspace whose callers see the same: their events are read and rendered once.
import type { FeedView } from '../feed/feed-views.js';
import type { Visible } from '../feed/thing-types.js';
import { reasonOf, type EndReason, type EventStream, type FollowedFeed } from './event-stream.js';
import type { Batch } from './feed-source.js';
import { Renderer, type Chunk, type Readers } from './renderer.js';
import type { Follower, Tail } from './tail.js';

const channelsOf = new WeakMap<Tail, Map<string, Channel>>();

export class Channel implements Follower, FollowedFeed {
  position: number;
  private readonly streams = new Set<EventStream>();
  /** Those that have everything up to the position, and room for more. */
  private readonly live = new Set<EventStream>();
  /** The rows of all users. */
  private readonly rows: Visible;
  private isBusy = false;

  private constructor(
    private readonly key: string,
    private readonly tail: Tail,
    private readonly renderer: Renderer,
  ) {
    const { personal: _personal, ...visible } = renderer.view.visible;
    this.position = tail.head;
    this.rows = { ...visible, open: [...visible.open, ...visible.own], own: [], userId: null };
    tail.followers.add(this);
  }

  /** The channel of all whose view is the same but for their own things. A filter is its caller's. */
  static on(tail: Tail, view: FeedView, readers: Readers): Channel {
    const { scope, visible, collapses, filter, reach } = view;
    const { open, listed, lists, own, personal } = visible;
    const key = JSON.stringify([
      scope.types,
      scope.listId,
      open,
      listed,
      lists,
      own,
      personal,
      collapses,
      filter,
      reach,
    ]);
    const channels = channelsOf.get(tail) ?? new Map<string, Channel>();
    channelsOf.set(tail, channels);
    let channel = channels.get(key);
    if (!channel) channels.set(key, (channel = new Channel(key, tail, new Renderer(view, readers))));
    return channel;
  }

  add(stream: EventStream): void {
    this.streams.add(stream);
  }

  join(stream: EventStream): void {
    this.live.add(stream);
  }

  leave(stream: EventStream): void {
    this.live.delete(stream);
    this.streams.delete(stream);
    if (this.streams.size > 0) return;
    channelsOf.get(this.tail)?.delete(this.key);
    this.tail.followers.delete(this);
  }

  isLive(stream: EventStream): boolean {
    return this.live.has(stream);
  }

  tokenOf(position: number): string {
    return this.renderer.tokenOf(position);
  }

  /** @throws DomainError `token_expired` where the changes after it are gone. */
  async requirePosition(position: number): Promise<void> {
    await this.tail.after(position, this.rows);
    // A node that reads earlier has given the token.
    if (position > this.tail.head) await this.tail.advance();
  }

  advance(): void {
    if (!this.isBusy) void this.deliverAll();
  }

  /** The next events of a stream that is behind, at most to where the live ones are. */
  async nextFor(position: number, userId: string | null): Promise<{ chunks: Chunk[]; reached: number }> {
    const { visible } = this.renderer.view;
    const batch = until(await this.tail.after(position, { ...visible, userId }), this.position);
    return { chunks: await this.renderer.render(batch, userId), reached: batch.reached };
  }

  fail(reason: EndReason): void {
    for (const stream of this.streams) stream.end(reason);
  }

  private async deliverAll(): Promise<void> {
    this.isBusy = true;
    try {
      while (this.position < this.tail.head && this.streams.size > 0) {
        const batch = await this.tail.after(this.position, this.rows);
        this.deliver(batch.reached, await this.rendered(batch));
      }
    } catch (error) {
      this.fail(reasonOf(error));
    } finally {
      this.isBusy = false;
    }
  }

  /** The events of each stream, by its user where they differ. */
  private async rendered(batch: Batch): Promise<(stream: EventStream) => readonly Chunk[] | undefined> {
    if (!this.renderer.isPersonal(batch)) {
      const chunks = await this.renderer.render(batch, null);
      return () => chunks;
    }
    const users = [...new Set([...this.live].map(({ userId }) => userId))];
    const chunksOf = await Promise.all(users.map((user) => this.renderer.render(batch, user)));
    const byUser = new Map(users.map((user, index) => [user, chunksOf[index]]));
    return ({ userId }) => byUser.get(userId);
  }

  private deliver(reached: number, chunksOf: (stream: EventStream) => readonly Chunk[] | undefined): void {
    const before = this.position;
    this.position = reached;
    for (const stream of this.live) {
      const chunks = chunksOf(stream);
      if (chunks?.length === 0 || (chunks && stream.take(chunks, reached))) continue;
      this.live.delete(stream);
      // It joined while the events were rendered for others.
      if (!chunks) stream.resume(before);
    }
  }
}

function until({ rows, reached }: Batch, position: number): Batch {
  if (reached <= position) return { rows, reached };
  return { rows: rows.filter((row) => row.position <= position), reached: position };
}
