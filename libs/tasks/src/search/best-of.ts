import type { SearchItem } from '../../contract/index.js';

/** The most relevant, then the latest first: ids of things grow. */
export function bestOf(items: readonly SearchItem[], limit: number): SearchItem[] {
  return items.toSorted((one, other) => other.score - one.score || (one.id < other.id ? 1 : -1)).slice(0, limit);
}
