// Writes templates and tasks as a calendar.
import { Slices, type Executor } from '@mono/platform';
import { CALENDAR_TYPE, type CalendarComponent } from '../../contract/calendar.js';
import { Budget, CALENDAR_STEPS, RULE_STEPS, RuleTooExpensiveError } from '../domain/budget.js';
import { CalendarWriter } from '../domain/calendar/calendar.js';
import type { CalendarContent, CalendarOverride, CalendarTemplate } from '../domain/calendar/component.js';
import { formOf, startAt, type TimeForm } from '../domain/calendar/date-time.js';
import { recurrenceOf } from '../domain/calendar/recurrence-of.js';
import { calendarTask, type DatedTask } from '../domain/calendar/task-component.js';
import { isAllDay, startOf } from '../domain/content.js';
import { differingOf, type DifferingRow } from '../persistence/calendars.store.js';
import { findLive } from '../persistence/occurrences.store.js';
import type { TemplateRow } from '../persistence/templates.store.js';

/** The limit of one calendar: half of what a reply over NATS can carry. */
const MAX_CALENDAR_BYTES = 4 * 1024 * 1024;
/** Rules that give days more than once a day are about times, whatever DTSTART looks like. */
const SUB_DAILY = /FREQ=(?:HOURLY|MINUTELY)|BYHOUR|BYMINUTE|BYSECOND/i;

export const CALENDAR_CONTENT_TYPE = `${CALENDAR_TYPE}; charset=utf-8`;

export interface CalendarRequest {
  component: CalendarComponent;
  name?: string;
  /** Leaves out templates whose rule is too expensive, instead of failing. */
  leavesOut?: boolean;
  /** One-off tasks, after the templates. */
  tasks?: { items: readonly DatedTask[]; more: boolean };
}

/** @param pages of templates. @throws RuleTooExpensiveError */
export async function calendarOf(
  on: Executor,
  pages: AsyncIterable<readonly TemplateRow[]> | Iterable<readonly TemplateRow[]>,
  { component, name, leavesOut = false, tasks }: CalendarRequest,
): Promise<string> {
  const nowMs = Date.now();
  const slices = new Slices();
  const budget = new Budget(CALENDAR_STEPS);
  const writer = new CalendarWriter({ component, name, nowMs, maxBytes: MAX_CALENDAR_BYTES });
  const add = async (rows: readonly TemplateRow[]): Promise<boolean> => {
    const differing = await differingOf(on, rows);
    for (const row of rows) {
      await slices.pause();
      const template =
        row.anchor === 'completion' ? await liveOf(on, row) : seriesWithin(row, differing.get(row.id) ?? []);
      if (template && !(await slices.run(writer.add(template)))) return false;
    }
    return true;
  };
  const seriesWithin = (row: TemplateRow, differing: readonly DifferingRow[]): CalendarTemplate | undefined => {
    try {
      return seriesOf(row, differing, nowMs, new Budget(RULE_STEPS, budget));
    } catch (error) {
      if (!(error instanceof RuleTooExpensiveError) || !leavesOut) throw error;
      writer.leaveOut();
      return undefined;
    }
  };
  const addTasks = async (): Promise<void> => {
    for (const task of tasks?.items ?? []) {
      await slices.pause();
      if (!writer.addTask(calendarTask(task))) return;
    }
    if (tasks?.more) writer.leaveOut();
  };
  let hasRoom = true;
  for await (const rows of pages) if (!(hasRoom = await add(rows))) break;
  if (hasRoom) await addTasks();
  return slices.run(writer.text());
}

/** A chain by completion has one known date: the next one counts from the completion. */
async function liveOf(on: Executor, row: TemplateRow): Promise<CalendarTemplate | undefined> {
  const live = row.status === 'active' ? await findLive(on, row.id, row.series_id) : undefined;
  if (!live) return undefined;
  const form = timeFormOf(row);
  const start = live.moved_to === null ? live.original_start : startAt(form, row.zone, Date.parse(startOf(live)));
  const content = live.fields ? contentIn(live.fields) : {};
  return { ...factsOf(row, form), ...content, start, rrule: null, rdate: [], exdate: [], overrides: [] };
}

function seriesOf(
  row: TemplateRow,
  differing: readonly DifferingRow[],
  nowMs: number,
  budget: Budget,
): CalendarTemplate | undefined {
  const endedAt = row.ended_at ?? row.paused_at;
  const untilMs = endedAt === null ? null : Date.parse(endedAt);
  const dates = recurrenceOf(
    { rule: row.rule, zone: row.zone, startsFrom: row.starts_from, endsBefore: row.ends_before, untilMs },
    nowMs,
    budget,
  );
  if (!dates) return undefined;
  const isGone = (one: DifferingRow): boolean => isDropped(one) || isElsewhere(one, row);
  return {
    ...factsOf(row, timeFormOf(row)),
    start: dates.start,
    rrule: dates.rrule,
    rdate: dates.rdate,
    exdate: [...dates.exdate, ...differing.filter(isGone).map(({ original_start: start }) => start)],
    overrides: differing.filter((one) => !isGone(one)).map(overrideOf),
  };
}

/** An exception without a task is a future occurrence. */
function isDropped({ skipped, wanted, moved_to: movedTo, fields }: DifferingRow): boolean {
  return skipped || (!wanted && movedTo === null && fields === null);
}

/** The calendar of another list contains it. */
function isElsewhere({ fields }: DifferingRow, { list_id: listId }: TemplateRow): boolean {
  return fields?.list_id !== undefined && fields.list_id !== listId;
}

function overrideOf({ original_start, moved_to: movedTo, fields }: DifferingRow): CalendarOverride {
  return {
    original_start,
    movedToMs: movedTo === null ? null : Date.parse(movedTo),
    fields: fields ? contentIn(fields) : {},
  };
}

function factsOf(
  row: TemplateRow,
  form: TimeForm,
): Omit<CalendarTemplate, 'start' | 'rrule' | 'rdate' | 'exdate' | 'overrides'> {
  const { id, series_id, version, created_at, updated_at, zone, due_offset } = row;
  const { title, description, priority, tags } = row;
  return { id, series_id, version, created_at, updated_at, zone, due_offset, form, title, description, priority, tags };
}

function contentIn(fields: NonNullable<DifferingRow['fields']>): Partial<CalendarContent> {
  const { title, description, priority, tags } = fields;
  return {
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(priority === undefined ? {} : { priority }),
    ...(tags === undefined ? {} : { tags }),
  };
}

function timeFormOf(row: Pick<TemplateRow, 'rule' | 'zone'>): TimeForm {
  if (row.rule.pattern === 'interval') return { kind: 'utc' };
  return isAllDay(row) && !SUB_DAILY.test(row.rule.rrule ?? '') ? { kind: 'day' } : formOf(row.zone);
}
