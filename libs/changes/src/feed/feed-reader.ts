// Reads the feed of a workspace as a caller sees it, page by page. Long polls, followers and streams share it.
import { Injectable } from '@nestjs/common';
import type { Principal } from '@mono/contract';
import {
  changesErrors,
  DEFAULT_CHANGES_LIMIT,
  type Change,
  type ChangePage,
  type ChangesQuery,
} from '../../contract/index.js';
import { ChangeStore, WINDOW, type ChangeRow, type FeedRead } from './change.store.js';
import { merged, seenChange } from './seen-change.js';
import { ThingTypes, type Visible } from './thing-types.js';
import { decodeToken, encodeToken, type TokenScope } from './token.js';

export type FeedFilter = Pick<ChangesQuery, 'types' | 'list_id' | 'limit' | 'collapse'>;

/** The part of the feed that a caller reads. */
export interface FeedView {
  scope: TokenScope;
  visible: Visible;
  limit: number;
  collapses: boolean;
}

@Injectable()
export class FeedReader {
  constructor(
    private readonly types: ThingTypes,
    private readonly store: ChangeStore,
  ) {}

  /** @throws InvalidInputError for a type that no feature declares. */
  viewOf(principal: Principal, { types, list_id, limit, collapse }: FeedFilter): FeedView {
    this.types.requireTypes(types ?? []);
    const scope = { workspaceId: principal.workspaceId, types, listId: list_id?.toLowerCase() };
    return {
      scope,
      visible: this.types.visibleTo(principal, scope),
      limit: limit ?? DEFAULT_CHANGES_LIMIT,
      collapses: collapse === 'true',
    };
  }

  /** The position of the last change. */
  head({ scope }: FeedView): Promise<number> {
    return this.store.head(scope.workspaceId);
  }

  /** @throws InvalidInputError on `since`. */
  positionOf(token: string, { scope }: FeedView): number {
    return decodeToken(token, scope);
  }

  tokenOf(position: number, { scope }: FeedView): string {
    return encodeToken(position, scope);
  }

  /** The changes after the position. @throws DomainError `token_expired`. */
  async pageAfter(position: number, { scope, visible, limit, collapses }: FeedView): Promise<ChangePage> {
    const most = collapses ? WINDOW : limit + 1;
    const feed = await this.store.read(scope.workspaceId, position, most, visible);
    // A position beyond the head is of a database that was restored from a backup.
    if (position < feed.prunedTo || position > feed.head) throw changesErrors.token_expired();
    const { items, reached } = (collapses ? collapsed : listed)(feed, visible, limit, position);
    return { items, next_token: encodeToken(reached, scope), has_more: reached < feed.head };
  }
}

interface Part {
  items: Change[];
  /** The last position that the items cover. */
  reached: number;
}

function listed(feed: FeedRead, visible: Visible, limit: number, from: number): Part {
  const rows = feed.rows.slice(0, limit);
  const last = rows.at(-1);
  const isCut = last !== undefined && feed.rows.length > limit;
  return { items: rows.map((row) => seenChange(row, visible)), reached: isCut ? last.position : endOf(feed, from) };
}

/** As many things as the limit allows, each with its last change. */
function collapsed(feed: FeedRead, visible: Visible, limit: number, from: number): Part {
  const things = new Map<string, Change>();
  let reached: number | undefined;
  for (const row of feed.rows) {
    const key = keyOf(row);
    const known = things.get(key);
    if (!known && things.size === limit) return { items: [...things.values()], reached: reached ?? from };
    const change = seenChange(row, visible);
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
