// Reports add up: whatever they are grouped by, to the millisecond, in any zone.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CallContext } from '@mono/contract';
import { assert, asyncProperty, constantFrom, integer, option, record, shuffledSubarray } from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { uuidv7 } from 'uuidv7';
import {
  GROUPS,
  MAX_GROUPS,
  WEEKS,
  type Group,
  type ReportCells,
  type ReportQuery,
  type ReportRow,
  type ReportRows,
  type TimeReport,
  type Week,
} from '../../contract/index.js';
import { naiveReport, type NaiveRow } from '../../testing/naive-report.js';
import { A_LIST, A_PERSON, A_TEMPLATE, randomTime, timeRows } from '../../testing/random-time.js';
import { insertTimeRows, type TaskRow, type TimeRows } from '../../testing/time-rows.js';
import { ReportLimits, ReportsController } from './reports.controller.js';
import { createTimeTrackingWorld, type TimeTrackingWorld } from '../../testing/time-tracking-world.js';

type Filter = Pick<ReportQuery, 'list_id' | 'assignee_id' | 'template_id' | 'tag'>;

/** As plain data. */
type Query = Pick<ReportQuery, keyof ReportQuery>;

let world: TimeTrackingWorld;
beforeAll(async () => {
  world = await createTimeTrackingWorld();
});
afterAll(() => world?.end());

const TODAY = new Date().toISOString().slice(0, 10);
/** Where clocks do odd things, and when: a day skipped, midnight twice or never, half an hour; and now. */
const PLACES: readonly (readonly [zone: string, date: string])[] = [
  ['Europe/Berlin', '2026-03-20'],
  ['Europe/Berlin', '2025-12-20'],
  ['America/Havana', '2025-10-25'],
  ['America/Havana', '2026-03-01'],
  ['Pacific/Apia', '2011-12-22'],
  ['Pacific/Kwajalein', '1993-08-15'],
  ['America/St_Johns', '2006-10-20'],
  ['America/Sao_Paulo', '2018-10-28'],
  ['Australia/Lord_Howe', '2026-03-28'],
  ['Africa/Casablanca', '2026-02-10'],
  ['UTC', TODAY],
];
const MOST_DAYS = 40;
const DAY_MS = 24 * 60 * 60 * 1_000;
const RUNS = 200;

const window = {
  place: constantFrom(...PLACES),
  days: integer({ min: 1, max: MOST_DAYS }),
  /** Milliseconds beyond the beginning of the day; null: dates are asked for. */
  shift: option(integer({ min: 1, max: DAY_MS })),
  week: constantFrom(...WEEKS),
};
const anyWindow = record(window);
/** What runs now is counted until another moment by each question. */
const pastWindow = anyWindow.filter(({ place: [, date] }) => date !== TODAY);
const anyGroups = shuffledSubarray([...GROUPS], { maxLength: MAX_GROUPS });
const FILTERS: Filter[] = [
  {},
  {},
  {},
  {},
  { list_id: A_LIST },
  { assignee_id: A_PERSON },
  { template_id: A_TEMPLATE },
  { tag: 'a' },
  { tag: '=1', list_id: A_LIST },
];
const anyFilter = constantFrom(...FILTERS);

interface Window {
  place: readonly [zone: string, date: string];
  days: number;
  shift: number | null;
  week: Week;
}

function asked({ place: [tz, date], days, shift, week }: Window): Query {
  const first = Temporal.PlainDate.from(date);
  const moment = (day: Temporal.PlainDate): string =>
    shift === null ? day.toString() : day.toZonedDateTime(tz).add({ milliseconds: shift }).toInstant().toString();
  return { from: moment(first), to: moment(first.add({ days })), tz, week };
}

function contextIn(workspaceId: string, listIds?: readonly string[]): CallContext {
  return { ...world.context, principal: { ...world.context.principal, workspaceId, ...(listIds && { listIds }) } };
}

async function put(
  seeds: Parameters<typeof timeRows>[0],
  [, date]: Window['place'],
): Promise<{ rows: TimeRows; context: CallContext }> {
  const workspace = uuidv7();
  const rows = timeRows(seeds, workspace, Date.parse(date));
  await insertTimeRows(world.database, rows);
  return { rows, context: contextIn(workspace) };
}

function headOf({ items: _items, page: _page, ...head }: TimeReport): object {
  return head;
}

/** All pages, joined. */
async function readAll(context: CallContext, query: Query): Promise<TimeReport> {
  const report = await world.reports.report(query, context);
  for (let { next_cursor: cursor } = report.page; cursor !== null;) {
    const next = await world.reports.report({ ...query, cursor }, context);
    expect(headOf(next)).toEqual(headOf(report));
    report.items.push(...next.items);
    cursor = next.page.next_cursor;
  }
  return report;
}

async function readFile(reports: ReportsController, context: CallContext, query: Query): Promise<ReportCells[]> {
  const rows: ReportCells[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: ReportRows = await reports.reportRows({ ...query, ...(cursor !== undefined && { cursor }) }, context);
    rows.push(...page.rows);
    cursor = page.next_cursor;
  }
  return rows;
}

function cellsOf(row: ReportRow, groups: readonly Group[]): ReportCells {
  const cells = groups.flatMap((group) =>
    group === 'task' ? [row.task ?? null, row.task_title ?? null] : [row[group] ?? null],
  );
  return [...cells, ms(row.worked), ms(row.entered), ms(row.billable), null];
}

function ms(duration: string): number {
  return Temporal.Duration.from(duration).total('milliseconds');
}

function measured({ worked, entered, billable, spans, entries }: TimeReport['total']): Omit<NaiveRow, 'keys'> {
  return { worked: ms(worked), entered: ms(entered), billable: ms(billable), spans, entries };
}

function shown(row: ReportRow, groups: readonly Group[]): NaiveRow {
  return { keys: groups.map((group) => row[group] ?? null), ...measured(row) };
}

function matching(
  filter: Filter,
): (task: TaskRow | undefined, taskId: string | null, ownTags: readonly string[]) => boolean {
  return (task, _taskId, ownTags) =>
    (filter.list_id === undefined || task?.list_id === filter.list_id) &&
    (filter.assignee_id === undefined || task?.assignee_id === filter.assignee_id) &&
    (filter.template_id === undefined || task?.template_id === filter.template_id) &&
    (filter.tag === undefined || task?.tags?.includes(filter.tag) === true || ownTags.includes(filter.tag));
}

function sumOf(rows: readonly ReportRow[], measure: 'worked' | 'entered' | 'billable'): number {
  return rows.reduce((sum, row) => sum + ms(row[measure]), 0);
}

test('rows and total are those of spans and entries cut by hand, in any zone, by any groups and filters, and page by page', async () => {
  await assert(
    asyncProperty(
      randomTime(MOST_DAYS),
      anyWindow,
      anyGroups,
      anyFilter,
      integer({ min: 1, max: 9 }),
      async (seeds, window, groups, filter, limit) => {
        const { rows, context } = await put(seeds, window.place);
        const report = await readAll(context, { ...asked(window), ...filter, group_by: groups, limit });
        const expected = naiveReport(rows, {
          from: Date.parse(report.from),
          to: Date.parse(report.to),
          tz: report.tz,
          week: window.week,
          groups,
          asOf: Date.parse(report.as_of),
          matches: matching(filter),
        });
        expect(report.items.map((row) => shown(row, groups))).toEqual(groups.length === 0 ? [] : expected.rows);
        expect({ keys: [], ...measured(report.total) }).toEqual(expected.total);
      },
    ),
    { numRuns: RUNS },
  );
});

test('the rows of any groups without tags add up to the total', async () => {
  const untagged = shuffledSubarray(
    GROUPS.filter((group) => group !== 'tag'),
    { minLength: 1, maxLength: MAX_GROUPS },
  );
  await assert(
    asyncProperty(randomTime(MOST_DAYS), anyWindow, untagged, async (seeds, window, groups) => {
      const { context } = await put(seeds, window.place);
      const { items, total } = await world.reports.report({ ...asked(window), group_by: groups, limit: 500 }, context);
      for (const measure of ['worked', 'entered', 'billable'] as const)
        expect(sumOf(items, measure)).toBe(ms(total[measure]));
    }),
    { numRuns: RUNS },
  );
});

test('the rows of a file, page by page, are those of the report', async () => {
  await assert(
    asyncProperty(
      randomTime(MOST_DAYS),
      pastWindow,
      anyGroups,
      integer({ min: 1, max: 9 }),
      async (seeds, window, groups, pageRows) => {
        const { context } = await put(seeds, window.place);
        const query = { ...asked(window), group_by: groups };
        const report = await world.reports.report({ ...query, limit: 500 }, context);
        const limits = Object.assign(new ReportLimits(), { fileRows: pageRows });
        const rows = await readFile(new ReportsController(world.database, limits, world.namesOfIds), context, query);
        const expected = groups.length === 0 ? [report.total] : report.items;
        expect(rows).toEqual(expected.map((row) => cellsOf(row, groups)));
      },
    ),
    { numRuns: RUNS },
  );
});
