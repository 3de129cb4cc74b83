// Reads the feed of a workspace as a caller sees it, page by page. Long polls, followers and streams share it.
import { Injectable } from '@nestjs/common';
import { MAX_PAGE_BYTES } from '@mono/contract';
import { changesErrors, type Change, type ChangePage } from '../../contract/index.js';
import { ChangeStore, WINDOW, type ChangeRow, type FeedRead } from './change.store.js';
import { FilterReader } from './filter-reader.js';
import { FeedViews, type FeedView } from './feed-views.js';
import { ResourceReader, withResources } from './resource-reader.js';
import { merged, seenChange, type Caller } from './seen-change.js';
import { ThingTypes } from './thing-types.js';
import { encodeToken } from './token.js';

export type { FeedFilter, FeedView } from './feed-views.js';

@Injectable()
export class FeedReader extends FeedViews {
  constructor(
    types: ThingTypes,
    private readonly store: ChangeStore,
    private readonly resources: ResourceReader,
    private readonly filters: FilterReader,
  ) {
    super(types);
  }

  /** The position of the last change. */
  head({ scope }: FeedView): Promise<number> {
    return this.store.head(scope.workspaceId);
  }

  /** The changes after the position. @throws DomainError `token_expired`. */
  async pageAfter(position: number, view: FeedView): Promise<ChangePage> {
    const { scope, visible, limit, collapses } = view;
    const most = collapses ? WINDOW : limit + 1;
    const feed = await this.store.read(scope.workspaceId, position, most, visible);
    // A position beyond the head is of a database that was restored from a backup.
    if (position < feed.prunedTo || position > feed.head) throw changesErrors.token_expired();
    const cut = collapses ? collapsed : listed;
    const caller = { ...visible, workspaceId: scope.workspaceId };
    const { items, reached } = await this.complete(view, (most) => cut(feed, caller, most, position));
    return { items, next_token: encodeToken(reached, scope), has_more: reached < feed.head };
  }

  /** @throws as FilterReader. */
  requireUsable(view: FeedView): Promise<void> {
    return this.filters.requireUsable(view);
  }

  /** Fewer changes where their things are too large for an answer. */
  private async complete(view: FeedView, cutTo: (most: number) => Part): Promise<Part> {
    const { reach, limit } = view;
    const whole = cutTo(limit);
    const seen = await this.filters.read(whole.items, view);
    const items = whole.items.map(seen);
    if (!reach) return { items, reached: whole.reached };
    const read = await this.resources.read(items, reach);
    for (let part = whole, most = whole.items.length; ; most = Math.floor(most / 2), part = cutTo(most)) {
      const complete = withResources(part.items.map(seen), read);
      if (complete.length <= 1 || bytesOf(complete) <= MAX_PAGE_BYTES)
        return { items: complete, reached: part.reached };
    }
  }
}

function bytesOf(items: readonly Change[]): number {
  return items.reduce((sum, item) => sum + Buffer.byteLength(JSON.stringify(item)), 0);
}

interface Part {
  items: Change[];
  /** The last position that the items cover. */
  reached: number;
}

function listed(feed: FeedRead, caller: Caller, limit: number, from: number): Part {
  const rows = feed.rows.slice(0, limit);
  const last = rows.at(-1);
  const isCut = last !== undefined && feed.rows.length > limit;
  return { items: rows.map((row) => seenChange(row, caller)), reached: isCut ? last.position : endOf(feed, from) };
}

/** As many things as the limit allows, each with its last change. */
function collapsed(feed: FeedRead, caller: Caller, limit: number, from: number): Part {
  const things = new Map<string, Change>();
  let reached: number | undefined;
  for (const row of feed.rows) {
    const key = keyOf(row);
    const known = things.get(key);
    if (!known && things.size === limit) return { items: [...things.values()], reached: reached ?? from };
    const change = seenChange(row, caller);
    things.delete(key);
    things.set(key, known ? merged(known, change) : change);
    reached = row.position;
  }
  return { items: [...things.values()], reached: endOf(feed, from) };
}

function keyOf({ type, thing_id: id }: ChangeRow): string {
  return `${type}/${id}`;
}

function endOf({ head }: FeedRead, from: number): number {
  return Math.min(head, from + WINDOW);
}
