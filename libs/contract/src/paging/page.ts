// From a collection's parameters to what its statement needs, and from the statement's rows to the page.
import { InvalidInputError } from '../errors/index.js';
import { decodeCursor, encodeCursor, type CursorKind, type CursorValue } from './cursor.js';
import { DEFAULT_PAGE_LIMIT, MAX_PAGE_BYTES, type Page, type PageQuery } from './paging.js';

export interface PageRequest {
  limit: number;
  /** Rows to ask the database for: one more than the limit tells whether there is a next page. */
  fetch: number;
  offset: number;
  /** The sort key after which the page begins; undefined at the start and with an offset. */
  after: CursorValue[] | undefined;
  descending: boolean;
  /** Whether `page.total` is asked for. */
  countsExactly: boolean;
  /** What a cursor of this collection is bound to. */
  scope: object;
}

/**
 * @param kinds of the sort key's parts, the tie-breaking id last.
 * @param more what else a cursor depends on: the order by its effective name, the collection's own id or workspace.
 * @throws InvalidInputError for a cursor that is none, or together with an offset.
 */
export function readPageRequest(query: PageQuery, kinds: readonly CursorKind[], more: object = {}): PageRequest {
  const { limit = DEFAULT_PAGE_LIMIT, cursor, offset, count, order_dir = 'asc', ...filter } = query;
  if (cursor !== undefined && offset !== undefined) {
    throw new InvalidInputError([{ field: 'offset', issue: 'cannot be combined with cursor' }]);
  }
  const scope = { ...filter, order_dir, ...more };
  return {
    limit,
    fetch: limit + 1,
    offset: offset ?? 0,
    after: cursor === undefined ? undefined : decodeCursor(cursor, scope, kinds),
    descending: order_dir === 'desc',
    countsExactly: count === 'exact',
    scope,
  };
}

export interface PageParts<Row, Item extends object> {
  /** At most `request.fetch` of them, in order. */
  rows: readonly Row[];
  item: (row: Row) => Item;
  /** The row's sort key, of the kinds given to readPageRequest. */
  key: (row: Row) => CursorValue[];
  /** All matches, where the request counts them. */
  total?: number | undefined;
}

/** The page ends early, with a cursor, before its items pass MAX_PAGE_BYTES; it has at least one item where there is one. */
export function buildPage<Row, Item extends object>(request: PageRequest, parts: PageParts<Row, Item>): Page<Item> {
  const { rows, item, key, total } = parts;
  const items: Item[] = [];
  let bytes = 0;
  let last: Row | undefined;
  for (const row of rows) {
    if (items.length === request.limit) break;
    const next = item(row);
    bytes += jsonBytes(next);
    if (bytes > MAX_PAGE_BYTES && items.length > 0) break;
    items.push(next);
    last = row;
  }
  const more = last !== undefined && items.length < rows.length;
  return {
    items,
    page: {
      limit: request.limit,
      next_cursor: more && last !== undefined ? encodeCursor(key(last), request.scope) : null,
      total: request.countsExactly ? (total ?? null) : null,
    },
  };
}

/** A string of n UTF-16 units is at most 6 n bytes of JSON (\u001f). */
const MAX_BYTES_PER_UNIT = 6;
/** What no item surpasses with its numbers, dates and names of fields. */
const OVERHEAD_BYTES = 4_096;
/** 500 items of this size, the most on a page, cannot fill it: then the exact size need not be known. */
const NEGLIGIBLE_BYTES = MAX_PAGE_BYTES / 500;

/** The size of the item's JSON, or an upper bound that is negligible; only large items are worth writing out twice. */
function jsonBytes(item: object): number {
  let units = 0;
  for (const value of Object.values(item)) {
    if (typeof value === 'string') units += value.length;
    else if (Array.isArray(value)) units += value.length * 64;
    else if (value !== null && typeof value === 'object') units += JSON.stringify(value).length;
  }
  const bound = units * MAX_BYTES_PER_UNIT + OVERHEAD_BYTES;
  return bound <= NEGLIGIBLE_BYTES ? bound : Buffer.byteLength(JSON.stringify(item));
}
