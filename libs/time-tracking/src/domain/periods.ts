// Days, weeks and months of a window of time, each named as its zone's calendar names it.
import type { Week } from '../../contract/time-constants.js';
import { DAY_MS, dayStart, localDay } from './day-starts.js';
import type { Window } from './window.js';

export const PERIOD_UNITS = ['day', 'week', 'month'] as const;
export type PeriodUnit = (typeof PERIOD_UNITS)[number];

export interface Period {
  /** Milliseconds since 1970; the first one begins with the window, all others where the one before ends. */
  start: number;
  name: string;
}

/** Days are counted from 1970-01-01, a Thursday. */
interface Calendar {
  /** The first day of the period that the day is in. */
  first(day: number): number;
  next(first: number): number;
  name(first: number): string;
}

const MONDAY = 1;
const FIRST_WEEKDAY: Readonly<Record<Week, number>> = { iso: MONDAY, monday: MONDAY, sunday: 0, saturday: 6 };

/** What has no time at all is left out, such as a day that a zone skips. */
export function periodsOf(unit: PeriodUnit, { from, to, zone }: Window, week: Week): Period[] {
  const calendar = calendarOf(unit, week);
  const periods: Period[] = [];
  let start = from;
  for (let day = calendar.first(localDay(zone, from)); start < to; day = calendar.next(day)) {
    const end = dayStart(zone, calendar.next(day));
    // A day begins once: where clocks go back over midnight, its name may show before and after.
    if (end <= start) continue;
    periods.push({ start, name: calendar.name(day) });
    start = end;
  }
  return periods;
}

function calendarOf(unit: PeriodUnit, week: Week): Calendar {
  if (unit === 'day') return { first: (day) => day, next: (day) => day + 1, name: dateText };
  if (unit === 'month') return { first: firstOfMonth, next: nextMonth, name: (day) => dateText(day).slice(0, -3) };
  return {
    first: (day) => day - modulo(weekdayOf(day) - FIRST_WEEKDAY[week], 7),
    next: (day) => day + 7,
    name: week === 'iso' ? isoWeek : dateText,
  };
}

/** ISO 8601: a week belongs to the year of its Thursday. @param monday its first day. */
function isoWeek(monday: number): string {
  const thursday = monday + 3;
  const date = dateOf(thursday);
  date.setUTCMonth(0, 1);
  const number = Math.floor((thursday - dayOf(date)) / 7) + 1;
  return `${yearText(thursday)}-W${String(number).padStart(2, '0')}`;
}

function firstOfMonth(day: number): number {
  return day - dateOf(day).getUTCDate() + 1;
}

function nextMonth(first: number): number {
  const date = dateOf(first);
  date.setUTCMonth(date.getUTCMonth() + 1);
  return dayOf(date);
}

function dateText(day: number): string {
  const text = dateOf(day).toISOString();
  return text.slice(0, text.indexOf('T'));
}

function yearText(day: number): string {
  return dateText(day).slice(0, -6);
}

/** 0 is Sunday. */
function weekdayOf(day: number): number {
  return modulo(day + 4, 7);
}

function dateOf(day: number): Date {
  return new Date(day * DAY_MS);
}

function dayOf(date: Date): number {
  return date.getTime() / DAY_MS;
}

/** Never negative, unlike `%`. */
function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
