// Where the time has gone: a page of rows by groups, and the total.
import {
  buildPage,
  zoneOf,
  encodeCursor,
  fittingItems,
  normalInstant,
  readPageRequest,
  type CallContext,
  type CursorValue,
  type PageRequest,
} from '@mono/contract';
import type { SharingExecutor } from '@mono/platform';
import type { ReportQuery, ReportRow, TimeReport, TrackedTime } from '../../contract/report.js';
import {
  NAMED_GROUPS,
  nameIn,
  type ReportCells,
  type ReportRows,
  type ReportRowsQuery,
  type RowNames,
} from '../../contract/report-rows.js';
import type { Group } from '../../contract/time-constants.js';
import { bucketsOf, type Buckets } from '../domain/buckets.js';
import { durationText } from '../domain/duration.js';
import { rounded, type Rounding } from '../domain/rounding.js';
import { windowOf, type Window } from '../domain/window.js';
import { isPeriod, kindsOf } from '../persistence/report-keys.js';
import { findReportRows, type Measures, type ReportRowFound } from '../persistence/report-rows.js';
import type { ReportQuestion } from '../persistence/report-statement.js';
import { readSettings } from '../persistence/settings-rows.js';
import { withinTimeLimit } from '../persistence/within-time-limit.js';
import type { Names } from './names.js';
import { readRowNames } from './row-names.js';
import { scopeOf } from './scope-of.js';

const DEFAULT_LIMIT = 100;
/** Of a file, read page by page: many, since each page sums up anew; few enough to hold up nobody. */
export const FILE_ROWS = 10_000;
const NOTHING: Measures = { worked: 0, entered: 0, billable: 0, spans: 0, entries: 0 };

interface Asked {
  window: Window;
  groups: readonly Group[];
  buckets: Buckets;
  request: PageRequest;
}

interface Found {
  rows: ReportRowFound[];
  total: Measures;
  rounding: Rounding;
  /** Milliseconds since 1970. */
  asOf: number;
}

export class Reports {
  constructor(
    private readonly database: SharingExecutor,
    private readonly names: Names,
    private readonly limitMs: number,
    private readonly fileRows: number,
  ) {}

  async page(context: CallContext, query: ReportQuery): Promise<TimeReport> {
    const asked = read(query, zoneOf(context.principal), query.limit ?? DEFAULT_LIMIT);
    const found = await this.find(context, query, asked, { total: true });
    const { window, buckets, request, groups } = asked;
    const { rounding, total, asOf } = found;
    const names = await readRowNames(this.names, context, groups, found.rows);
    const { items, page } = buildPage(request, {
      rows: found.rows,
      item: (row) => toRow(row, groups, { buckets, rounding, names }),
      key: (row) => [...row.keys, textOf(asOf)],
    });
    return {
      from: textOf(window.from),
      to: textOf(window.to),
      tz: window.zone,
      as_of: textOf(asOf),
      total: toTracked(total, rounding),
      items,
      page,
    };
  }

  /** Without the total; with many rows on a page. */
  async rows(context: CallContext, query: ReportRowsQuery): Promise<ReportRows> {
    const asked = read(query, zoneOf(context.principal), this.fileRows);
    const { rows: found, rounding, asOf } = await this.find(context, query, asked, { total: false });
    const { buckets, request, groups } = asked;
    const listed = found.slice(0, request.limit);
    const names = await readRowNames(this.names, context, groups, listed);
    const cells = listed.map((row) => toCells(row, groups, buckets, rounding));
    const rows = fittingItems(cells, Buffer.byteLength(JSON.stringify(names)));
    const last = rows.length < found.length ? found[rows.length - 1] : undefined;
    return {
      rows,
      rounds: rounding.rounding_minutes !== null,
      next_cursor: last ? encodeCursor([...last.keys, textOf(asOf)], request.scope) : null,
      names,
    };
  }

  private find(
    context: CallContext,
    query: ReportRowsQuery,
    asked: Asked,
    { total }: Pick<ReportQuestion, 'total'>,
  ): Promise<Found> {
    const { window, groups, buckets, request } = asked;
    const { principal } = context;
    const after = request.after?.slice(0, groups.length);
    const carried = request.after?.at(-1);
    return withinTimeLimit(this.database, { kind: 'report', context, limitMs: this.limitMs }, async (on, now) => {
      const asOf = typeof carried === 'string' ? Date.parse(normalInstant(carried)) : now;
      const rounding = await readSettings(on, principal.workspaceId);
      const { fetch } = request;
      const scope = scopeOf(principal, query);
      const covered = total ? window : stillToTell(asked, after);
      const found = await findReportRows(on, { scope, window: covered, asOf, groups, buckets, after, fetch, total });
      return { rows: found.rows, total: found.total ?? NOTHING, rounding, asOf };
    });
  }
}

/** Where rows are in the order of time, what lies before the page need not be looked at again. */
function stillToTell({ window, groups: [first], buckets }: Asked, after: readonly CursorValue[] | undefined): Window {
  if (!after || first === undefined || !isPeriod(first)) return window;
  const from = buckets.units.get(first)?.periods[Number(after[0])]?.start ?? window.from;
  return { from, to: window.to, zone: window.zone };
}

function read(query: ReportRowsQuery, zone: string, limit: number): Asked {
  const { tz = zone, week = 'iso', group_by: groups = [] } = query;
  const window = windowOf(query, tz);
  const request = readPageRequest(Object.assign({}, query, { limit, tz }), [...kindsOf(groups), 'instant']);
  return { window, groups, buckets: bucketsOf(window, groups.filter(isPeriod), week), request };
}

function toRow(
  found: ReportRowFound,
  groups: readonly Group[],
  { buckets, rounding, names }: { buckets: Buckets; rounding: Rounding; names: RowNames },
): ReportRow {
  const row: Record<string, unknown> = {};
  for (const [index, group] of groups.entries()) {
    row[group] = shown(group, found.keys[index] ?? null, buckets);
    if (group === 'task') row['task_title'] = found.title;
    const named = NAMED_GROUPS[group];
    if (named) row[named.field] = nameIn(names, named.kind, row[group]);
  }
  return Object.assign(row, toTracked(found, rounding));
}

function toCells(
  { keys, title, worked, entered, billable }: ReportRowFound,
  groups: readonly Group[],
  buckets: Buckets,
  rounding: Rounding,
): ReportCells {
  const cells = groups.flatMap((group, index) => {
    const cell = shown(group, keys[index] ?? null, buckets);
    return group === 'task' ? [cell, title] : [cell];
  });
  return [...cells, worked, entered, billable, rounded(entered, rounding)];
}

function shown(group: Group, key: CursorValue, { units }: Buckets): string | null {
  if (isPeriod(group)) return units.get(group)?.periods[Number(key)]?.name ?? null;
  return typeof key === 'string' ? key : null;
}

function toTracked({ worked, entered, billable, spans, entries }: Measures, rounding: Rounding): TrackedTime {
  const roundedMs = rounded(entered, rounding);
  return {
    worked: durationText(worked),
    entered: durationText(entered),
    billable: durationText(billable),
    entered_rounded: roundedMs === null ? null : durationText(roundedMs),
    spans,
    entries,
  };
}

function textOf(ms: number): string {
  return new Date(ms).toISOString();
}
