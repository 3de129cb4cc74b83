// A page of a report, as the database tells it.
import type { CursorValue } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { reportStatement, type ReportQuestion } from './report-statement.js';

/** Milliseconds, and how many spans and entries they are of. */
export interface Measures {
  worked: number;
  entered: number;
  billable: number;
  spans: number;
  entries: number;
}

export interface ReportRowFound extends Measures {
  /** In the order of the groups; a period as its place in the window. */
  keys: CursorValue[];
  /** Where tasks are among the groups. */
  title: string | null;
}

type Row = Measures & { title?: string | null; is_row: boolean | null } & Record<`k${number}`, CursorValue> &
  Record<`total_${keyof Measures}`, number>;

/** @returns the total where it was asked for. */
export async function findReportRows(
  on: Executor,
  question: ReportQuestion,
): Promise<{ rows: ReportRowFound[]; total: Measures | undefined }> {
  const { text, values } = reportStatement(question);
  const rows = await on.query<Row>(text, values);
  const [first] = rows;
  return {
    rows: rows.filter(({ is_row: isRow }) => isRow).map((row) => toFound(row, question.groups.length)),
    total: question.total && first ? totalOf(first) : undefined,
  };
}

function toFound(row: Row, groups: number): ReportRowFound {
  const { worked, entered, billable, spans, entries, title = null } = row;
  const keys = Array.from({ length: groups }, (_none, index) => row[`k${index + 1}`] ?? null);
  return { keys, title, worked, entered, billable, spans, entries };
}

function totalOf(row: Row): Measures {
  return {
    worked: row.total_worked,
    entered: row.total_entered,
    billable: row.total_billable,
    spans: row.total_spans,
    entries: row.total_entries,
  };
}
