// The names beside the ids of a report: of persons, assignees and lists.
import type { CallContext } from '@mono/contract';
import { NAMED_GROUPS, type RowNames } from '../../contract/report-rows.js';
import type { Group } from '../../contract/time-constants.js';
import type { ReportRowFound } from '../persistence/report-rows.js';
import type { Names } from './names.js';

/** One request to each owner for all of the rows. */
export async function readRowNames(
  names: Names,
  context: CallContext,
  groups: readonly Group[],
  rows: readonly ReportRowFound[],
): Promise<RowNames> {
  const idsOf = (kind: keyof RowNames): (string | null)[] =>
    groups.flatMap((group, index) =>
      NAMED_GROUPS[group]?.kind === kind ? rows.map(({ keys }) => textOf(keys[index])) : [],
    );
  const [people, lists] = await Promise.all([
    names.people(context, idsOf('people')),
    names.titles(context, idsOf('lists')),
  ]);
  return { people: Object.fromEntries(people), lists: Object.fromEntries(lists) };
}

function textOf(key: unknown): string | null {
  return typeof key === 'string' ? key : null;
}
