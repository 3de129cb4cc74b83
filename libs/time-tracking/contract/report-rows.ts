// The rows of a report among nodes, for who writes them into a file: many at once, and nothing beside them.
import { GroupedCoverage } from './report.js';

/** The cells of the groups, in their order (with `task` its id and its title), then milliseconds: worked, entered, billable, and the entered as it is rounded. */
export type ReportCells = (string | number | null)[];

export class ReportRowsQuery extends GroupedCoverage {}

export class ReportRows {
  rows: ReportCells[];
  /** Whether the workspace rounds what was entered. */
  rounds: boolean;
  next_cursor: string | null;
}
