// One template as components of a calendar: the series, and each occurrence that differs (RFC 5545, 3.6.1, 3.6.2, 3.8.4.4).
//
// A part of a split series is a component of its own with a UID of its own: two series under one UID would be one object
// with two rules, which readers take for a mistake or merge. `RELATED-TO` says that they belong together.
import type { TaskPriority } from '../task.js';
import type { CalendarComponent } from '../../../contract/calendar.js';
import { textLine, textsLine } from './content-line.js';
import { instantLine, startAt, timesLine, type TimeForm } from './date-time.js';
import { spanLine } from './span.js';

/** Differences of one occurrence. */
export interface CalendarOverride {
  original_start: string;
  /** When it starts instead: milliseconds since 1970; null: as by the rule. */
  movedToMs: number | null;
  fields: Partial<CalendarContent>;
}

export interface CalendarContent {
  title: string;
  description: string | null;
  priority: TaskPriority;
  tags: readonly string[];
}

/** Something of which a calendar has a component. */
export interface CalendarItem extends CalendarContent {
  id: string;
  version: number;
  /** RFC 3339. */
  created_at: string;
  updated_at: string;
  form: TimeForm;
  start: string;
}

export interface CalendarTemplate extends CalendarItem {
  series_id: string;
  zone: string;
  due_offset: string | null;
  rrule: string | null;
  rdate: readonly string[];
  exdate: readonly string[];
  overrides: readonly CalendarOverride[];
}

/** Those of RFC 5545, 3.8.1.11. */
export type TodoStatus = 'NEEDS-ACTION' | 'IN-PROCESS' | 'COMPLETED';

/** 1 is the highest, 9 the lowest (3.8.1.9). */
const PRIORITIES: Readonly<Record<TaskPriority, number>> = { urgent: 1, high: 3, medium: 5, low: 9 };
/** Dates per line of EXDATE and RDATE: readers choke on long ones. */
const DATES_PER_LINE = 50;

/** Series and overrides, each as lines. */
export function* componentsOf(template: CalendarTemplate, component: CalendarComponent): Generator<string[], void> {
  const { form, start, rrule, rdate, exdate } = template;
  const series = [
    timesLine('DTSTART', form, [start]),
    ...spanLine(template, component, start),
    ...(rrule === null ? [] : [`RRULE:${inForm(rrule, form)}`]),
    ...datesLines('RDATE', form, rdate),
    ...datesLines('EXDATE', form, exdate),
    ...contentLines(template),
  ];
  yield partOf(template, component, series);
  for (const override of template.overrides) yield overrideLines(template, component, override);
}

function overrideLines(template: CalendarTemplate, component: CalendarComponent, override: CalendarOverride): string[] {
  const { form, zone } = template;
  const { original_start: originalStart, movedToMs, fields } = override;
  // A moved one of a series of days may have a time of day, which a day has no room for.
  const start = movedToMs === null ? originalStart : startAt(form, zone, movedToMs);
  return partOf(template, component, [
    timesLine('RECURRENCE-ID', form, [originalStart]),
    timesLine('DTSTART', form, [start]),
    ...spanLine(template, component, start),
    ...contentLines({ ...template, ...fields }),
  ]);
}

function partOf(template: CalendarTemplate, component: CalendarComponent, lines: readonly string[]): string[] {
  const { id, series_id: seriesId } = template;
  const sibling = seriesId === id ? [] : [`RELATED-TO;RELTYPE=SIBLING:${seriesId}`];
  return wrapped(template, component, [...sibling, ...lines]);
}

/** @param status of a to-do. */
export function wrapped(
  item: CalendarItem,
  component: CalendarComponent,
  lines: readonly string[],
  status: TodoStatus = 'NEEDS-ACTION',
): string[] {
  const { id, version, created_at: createdAt, updated_at: updatedAt } = item;
  const name = component.toUpperCase();
  return [
    `BEGIN:${name}`,
    `UID:${id}`,
    instantLine('DTSTAMP', updatedAt),
    instantLine('CREATED', createdAt),
    instantLine('LAST-MODIFIED', updatedAt),
    `SEQUENCE:${version - 1}`,
    ...lines,
    component === 'vevent' ? 'TRANSP:TRANSPARENT' : `STATUS:${status}`,
    `END:${name}`,
  ];
}

export function contentLines({ title, description, priority, tags }: CalendarContent): string[] {
  return [
    textLine('SUMMARY', title),
    ...(description === null || description === '' ? [] : [textLine('DESCRIPTION', description)]),
    `PRIORITY:${PRIORITIES[priority]}`,
    ...(tags.length === 0 ? [] : [textsLine('CATEGORIES', tags)]),
  ];
}

/** UNTIL is of DTSTART's type (3.3.10): a day with days. */
function inForm(rrule: string, form: TimeForm): string {
  return form.kind === 'day' ? rrule.replace(/UNTIL=(\d{8})T\d{6}Z?/i, 'UNTIL=$1') : rrule;
}

function datesLines(name: string, form: TimeForm, dates: readonly string[]): string[] {
  const lines: string[] = [];
  for (const group of Object.values(Object.groupBy(dates, (date) => (date.endsWith('Z') ? 'utc' : 'local')))) {
    for (let index = 0; index < group.length; index += DATES_PER_LINE)
      lines.push(timesLine(name, form, group.slice(index, index + DATES_PER_LINE)));
  }
  return lines;
}
