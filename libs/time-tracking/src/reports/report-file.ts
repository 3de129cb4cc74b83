// A report as a file of comma-separated values (RFC 4180), page after page, each asked for when the client has taken the one
// before: however long the file, little of it is here at once.
import { Readable } from 'node:stream';
import { stringify, type Options } from 'csv-stringify/sync';
import {
  NAMED_GROUPS,
  nameIn,
  type Group,
  type ReportCells,
  type ReportRows,
  type ReportRowsQuery,
} from '../../contract/index.js';

/** Written as one piece, so that other requests have their turn in between. */
const ROWS_PER_PIECE = 500;
const MEASURES = ['worked', 'entered', 'billable'];
const ROUNDED = 'entered_rounded';
/** At the end of a row's cells: the measures, and the rounded one. */
const NUMBERS = MEASURES.length + 1;
const HOUR_MS = 60 * 60 * 1_000;
/** A third of a second. */
const HOUR_DIGITS = 4;

/**
 * Before what a spreadsheet takes for a formula (OWASP, CSV injection), also after what it may take away before it looks: where
 * a text begins, and behind what separates cells and lines to programs that take no comma for it, or do not see the quotes then.
 */
const BEFORE_FORMULA = /^(?=[\s\0]*[=+\-@＝＋－＠]|[\t\r\n])|(?<=[;\t\r\n])(?=[\s\0]*[=+\-@＝＋－＠])/gu;

const FORM: Options = {
  record_delimiter: '\r\n',
  cast: { string: (text) => text.replace(BEFORE_FORMULA, "'") },
};

/** As plain data. */
type PageOfRows = Pick<ReportRowsQuery, keyof ReportRowsQuery>;

/** The first page is read at once: what is wrong with the question is thrown here. What goes wrong later breaks the stream. */
export async function reportFile(
  readPage: (query: PageOfRows) => Promise<ReportRows>,
  query: PageOfRows,
): Promise<Readable> {
  const first = await readPage(query);
  const next = (cursor: string): Promise<ReportRows> => readPage({ ...query, cursor });
  return Readable.from(pieces(query.group_by ?? [], first, next), { highWaterMark: 1 });
}

async function* pieces(
  groups: readonly Group[],
  first: ReportRows,
  next: (cursor: string) => Promise<ReportRows>,
): AsyncGenerator<string> {
  const { rounds } = first;
  yield stringify([header(groups, rounds)], FORM);
  for (let page = first; ; page = await next(page.next_cursor)) {
    for (let start = 0; start < page.rows.length; start += ROWS_PER_PIECE) {
      yield stringify(
        page.rows.slice(start, start + ROWS_PER_PIECE).map((cells) => record(cells, groups, page.names, rounds)),
        FORM,
      );
    }
    if (page.next_cursor === null) return;
  }
}

function header(groups: readonly Group[], rounds: boolean): string[] {
  const columns = groups.flatMap((group) => [group, ...namesBeside(group)]);
  const measures = rounds ? [...MEASURES, ROUNDED] : MEASURES;
  return [...columns, ...measures.map((name) => `${name}_seconds`), ...measures.map((name) => `${name}_hours`)];
}

function namesBeside(group: Group): string[] {
  if (group === 'task') return ['task_title'];
  const named = NAMED_GROUPS[group];
  return named ? [named.field] : [];
}

function record(
  cells: ReportCells,
  groups: readonly Group[],
  names: ReportRows['names'],
  rounds: boolean,
): ReportCells {
  const rest = cells.slice(0, -NUMBERS);
  const columns = groups.flatMap((group) => {
    const named = NAMED_GROUPS[group];
    const own = rest.splice(0, group === 'task' ? 2 : 1);
    return named ? [...own, nameIn(names, named.kind, own[0])] : own;
  });
  const measures = cells.slice(-NUMBERS, rounds ? undefined : -1);
  return [...columns, ...measures.map(secondsOf), ...measures.map(hoursOf)];
}

function secondsOf(ms: ReportCells[number]): number | null {
  return typeof ms === 'number' ? Math.round(ms / 1_000) : null;
}

function hoursOf(ms: ReportCells[number]): number | null {
  return typeof ms === 'number' ? Number((ms / HOUR_MS).toFixed(HOUR_DIGITS)) : null;
}
