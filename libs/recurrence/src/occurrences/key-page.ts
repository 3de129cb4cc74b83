// Pages in the order of `original_start`, which is unique within a template.
import { decodeCursor, encodeCursor, MAX_PAGE_BYTES, type PageInfo } from '@mono/platform';

const DEFAULT_LIMIT = 100;

export interface KeyPageRequest {
  limit: number;
  /** The key after which the page begins. */
  after: string | undefined;
  scope: object;
}

/** @param scope what the cursor is bound to. @throws InvalidInputError on `cursor`. */
export function readKeyPage(query: { limit?: number; cursor?: string }, scope: object): KeyPageRequest {
  const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, scope, ['text']);
  return { limit: query.limit ?? DEFAULT_LIMIT, after: typeof after === 'string' ? after : undefined, scope };
}

/** @param rows one more than the limit where there are more. */
export function keyPage<Row extends { original_start: string }, Item>(
  { limit, scope }: KeyPageRequest,
  rows: readonly Row[],
  item: (row: Row) => Item,
): { items: Item[]; page: PageInfo } {
  const shown: Row[] = [];
  const items: Item[] = [];
  let bytes = 0;
  for (const row of rows.slice(0, limit)) {
    const next = item(row);
    bytes += Buffer.byteLength(JSON.stringify(next));
    if (bytes > MAX_PAGE_BYTES && items.length > 0) break;
    items.push(next);
    shown.push(row);
  }
  const last = shown.at(-1);
  const more = last !== undefined && shown.length < rows.length;
  return {
    items,
    page: { limit, next_cursor: more ? encodeCursor([last.original_start], scope) : null, total: null },
  };
}
