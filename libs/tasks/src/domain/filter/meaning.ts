// The meaning of a filter at one moment: its dates in the zone of the caller, and its names as ids.
import type { Clock } from './dates.js';
import { comparisonsOf, type Comparison, type FilterNode } from './filter.js';
import { FilterError } from './filter-error.js';

export interface Names {
  /** The ids of a list by its id or title. Several lists may have the same title. */
  lists: ReadonlyMap<string, readonly string[]>;
  /** The ids of members by `me`, id, name or address. */
  members: ReadonlyMap<string, readonly string[]>;
}

export interface Meaning extends Names {
  clock: Clock;
}

type NamedValue = Extract<Comparison['values'][number], { kind: 'text' }>;

/** The lists or members that a filter names. */
export function namesIn(node: FilterNode, field: 'list' | 'assignee'): NamedValue[] {
  return comparisonsOf(node)
    .filter((comparison) => comparison.field === field)
    .flatMap(({ values }) => values.filter((value) => value.kind === 'text'));
}

/** @throws FilterError for a list or member that does not exist. */
export function requireNames(node: FilterNode, names: Names): void {
  for (const { text, span } of namesIn(node, 'list'))
    if (!names.lists.get(text)?.length) throw new FilterError(`There is no list "${text}".`, span);
  for (const { text, span } of namesIn(node, 'assignee'))
    if (!names.members.get(text)?.length) throw new FilterError(`There is no member "${text}".`, span, ['me', 'none']);
}
