// The rows of a report among nodes, for who writes them into a file: many at once, and nothing beside them.
import { GroupedCoverage } from './report.js';
import type { Group } from './time-constants.js';

/** The cells of the groups, in their order (with `task` its id and its title), then milliseconds: worked, entered, billable, and the entered as it is rounded. */
export type ReportCells = (string | number | null)[];

/** By their ids. */
export interface RowNames {
  people: Record<string, string>;
  lists: Record<string, string>;
}

/** The groups whose ids have a name, and the field beside the id. */
export const NAMED_GROUPS: Partial<
  Record<Group, { field: 'person_name' | 'assignee_name' | 'list_title'; kind: keyof RowNames }>
> = {
  person: { field: 'person_name', kind: 'people' },
  assignee: { field: 'assignee_name', kind: 'people' },
  list: { field: 'list_title', kind: 'lists' },
};

/** @returns the name of the id of a group, or null. */
export function nameIn(names: RowNames | undefined, kind: keyof RowNames, id: unknown): string | null {
  return (typeof id === 'string' ? names?.[kind][id] : undefined) ?? null;
}

export class ReportRowsQuery extends GroupedCoverage {}

export class ReportRows {
  rows: ReportCells[];
  /** Whether the workspace rounds what was entered. */
  rounds: boolean;
  next_cursor: string | null;
  /** A node of the previous release leaves them out. */
  names?: RowNames;
}
