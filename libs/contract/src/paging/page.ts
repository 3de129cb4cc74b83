// Maps the parameters of a collection to those of its statement, and the statement's rows to a page.
import { InvalidInputError } from '../errors/index.js';
import { decodeCursor, encodeCursor, type CursorKind, type CursorValue } from './cursor.js';
import { DEFAULT_PAGE_LIMIT, MAX_PAGE_BYTES, type Page, type PageQuery } from './paging.js';

export interface PageRequest {
  limit: number;
  /** The number of rows to read: one more than the limit, to detect a next page. */
  fetch: number;
  offset: number;
  /** The sort key after which the page starts; undefined at the beginning and with an offset. */
  after: CursorValue[] | undefined;
  descending: boolean;
  /** Whether `page.total` is requested. */
  countsExactly: boolean;
  /** The filter and order to which a cursor is bound. */
  scope: object;
}

/**
 * @param kinds the kinds of the sort key's parts, the tie-breaking id last.
 * @param more further conditions of a cursor: the effective order, and the id of the collection or workspace.
 * @throws InvalidInputError for an invalid cursor, or for one together with an offset.
 */
export function readPageRequest(query: PageQuery, kinds: readonly CursorKind[], more: object = {}): PageRequest {
  const { limit = DEFAULT_PAGE_LIMIT, cursor, offset, count, order_dir = 'asc', ...filter } = query;
  if (cursor !== undefined && offset !== undefined) {
    throw new InvalidInputError([{ field: 'offset', code: 'not_combinable', issue: 'cannot be combined with cursor' }]);
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
  /** At most `request.fetch`, in order. */
  rows: readonly Row[];
  item: (row: Row) => Item;
  /** The row's sort key, of the kinds given to readPageRequest. */
  key: (row: Row) => CursorValue[];
  /** The number of all matches, if the request counts them. */
  total?: number | undefined;
}

/** The page ends early, with a cursor, before its items exceed MAX_PAGE_BYTES. It has at least one item if any exists. */
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
/** An upper bound for the numbers, dates and field names of an item. */
const OVERHEAD_BYTES = 4_096;
/** A full page of 500 items of this size fits, so their exact size does not matter. */
const NEGLIGIBLE_BYTES = MAX_PAGE_BYTES / 500;

/** The size of the item's JSON, or a negligible upper bound: only large items are serialised twice. */
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

/** As many items as go in one message, and at least one. @param bytes of the message without them. */
export function fittingItems<Item extends object>(items: readonly Item[], bytes = 0): Item[] {
  let sum = bytes;
  const size = items.findIndex((item, index) => {
    sum += Buffer.byteLength(JSON.stringify(item));
    return sum > MAX_PAGE_BYTES && index > 0;
  });
  return size < 0 ? [...items] : items.slice(0, size);
}
