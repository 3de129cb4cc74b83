// A filter for the tasks of one list, `list:Work & …`, is read along the index of the list, as the parameter `list_id` is.
import { TaskQuery } from '../../contract/index.js';
import type { FilterNode } from '../domain/filter/filter.js';
import { conjuncts } from './filter-conditions.js';
import type { Filter } from './read-filter.js';

export interface Placed {
  query: TaskQuery;
  /** The other conditions. */
  filter: Filter | undefined;
}

/** @returns the same where the filter names no list, or several. */
export function placed(query: TaskQuery, filter: Filter | undefined): Placed {
  if (!filter || query.list_id !== undefined) return { query, filter };
  const all = conjuncts(filter.node);
  const place = all.find((node) => listOf(filter, node) !== undefined);
  if (!place) return { query, filter };
  const list_id = listOf(filter, place);
  const [first, ...others] = all.filter((node) => node !== place);
  const ofList: TaskQuery = Object.assign(new TaskQuery(), query, { list_id });
  if (!first) return { query: ofList, filter: undefined };
  const node: FilterNode = others.length === 0 ? first : { kind: 'and', nodes: [first, ...others] };
  return { query: ofList, filter: { ...filter, node } };
}

/** The one list that the tasks must be in. */
function listOf({ meaning }: Filter, node: FilterNode): string | undefined {
  if (node.kind !== 'comparison' || node.field !== 'list' || node.operator !== ':') return undefined;
  const [value, ...more] = node.values;
  if (value?.kind !== 'text' || more.length > 0) return undefined;
  const ids = meaning.lists.get(value.text) ?? [];
  return ids.length === 1 ? ids[0] : undefined;
}
