// Pages in the order of `original_start`, which is unique within a template.
import { buildPage, readPageRequest, type Page, type PageRequest } from '@mono/contract';

const DEFAULT_LIMIT = 100;

/** @param scope what the cursor is bound to. @throws InvalidInputError on `cursor`. */
export function readKeyPage({ limit = DEFAULT_LIMIT, cursor }: KeyPageQuery, scope: object): PageRequest {
  return readPageRequest({ limit, ...(cursor !== undefined && { cursor }) }, ['text'], scope);
}

interface KeyPageQuery {
  limit?: number;
  cursor?: string;
}

/** The key after which the page begins. */
export function keyAfter({ after }: PageRequest): string | undefined {
  return after === undefined ? undefined : String(after[0]);
}

/** @param rows one more than the limit where there are more. */
export function keyPage<Row extends { original_start: string }, Item extends object>(
  request: PageRequest,
  rows: readonly Row[],
  item: (row: Row) => Item,
): Page<Item> {
  return buildPage(request, { rows, item, key: ({ original_start: key }) => [key] });
}
