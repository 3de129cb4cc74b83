// Whether a day is one of those that BYMONTH, BYMONTHDAY, BYYEARDAY and BYDAY leave, all together. Years that look alike share
// their answers, so that a day costs one look however many parts the rule has.
import { dayOf, monthLength, yearLength, yearOf } from './civil-calendar.js';
import { byMonthDays, nthWeekdays } from './month-days.js';
import type { RecurrenceParts } from './recurrence-parts.js';
import { byYearType } from './year-types.js';

const ALL_MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

type DayParts = Pick<RecurrenceParts, 'byMonth' | 'byMonthDay' | 'byYearDay' | 'byDay'>;

/** @returns the first day from `day` on, in days since 1970, that all parts name; else the first day of the next year. */
export type NextDay = (day: number) => number;

/** Numbers of BYDAY count within the month where BYMONTH is said, else within the year. @returns undefined: all days are named */
export function dayFilterOf(parts: DayParts): NextDay | undefined {
  const { byMonth, byMonthDay, byYearDay, byDay } = parts;
  if (!(byMonth ?? byMonthDay ?? byYearDay ?? byDay)) return undefined;
  const nextIn = byYearType((year) => nextNamed(namedDays(year, parts)));
  let [first, end] = [NaN, NaN];
  let next = new Uint16Array();
  return (day) => {
    if (!(day >= first && day < end)) {
      const year = yearOf(day);
      first = dayOf(year, 1, 1);
      next = nextIn(year);
      end = first + next.length;
    }
    return first + (next[day - first] ?? NaN);
  };
}

/** For each day of the year the next one that is named, from itself on; else the year's length. */
function nextNamed(named: Uint8Array): Uint16Array<ArrayBuffer> {
  const next = new Uint16Array(named.length);
  for (let index = named.length - 1, last = index + 1; index >= 0; index -= 1) {
    if (named[index] === 1) last = index;
    next[index] = last;
  }
  return next;
}

/** A 1 for each day of the year that all parts name. */
function namedDays(year: number, { byMonth, byMonthDay, byYearDay, byDay }: DayParts): Uint8Array<ArrayBuffer> {
  const first = dayOf(year, 1, 1);
  const length = yearLength(year);
  const months = (byMonth ?? ALL_MONTHS).map((month) => ({
    first: dayOf(year, month, 1),
    length: monthLength(year, month),
  }));
  const sets: number[][] = [];
  if (byMonthDay) sets.push(months.flatMap((month) => byMonthDays(byMonthDay, month.first, month.length, false)));
  else if (byMonth)
    sets.push(months.flatMap((month) => Array.from({ length: month.length }, (_, index) => month.first + index)));
  if (byYearDay) sets.push(byYearDays(byYearDay, first, length));
  if (byDay && byMonth) sets.push(months.flatMap((month) => nthWeekdays(byDay, month.first, month.length)));
  else if (byDay) sets.push(nthWeekdays(byDay, first, length));
  const seen = new Uint8Array(length);
  for (const days of sets) for (const day of days) seen[day - first] = (seen[day - first] ?? 0) + 1;
  return seen.map((count) => (count === sets.length ? 1 : 0));
}

/** @param first the first day of the year. @returns days in no order. */
export function byYearDays(numbers: number[], first: number, length: number): number[] {
  const days = numbers.map((number) => (number > 0 ? number : length + 1 + number));
  return [...new Set(days)].filter((day) => day >= 1 && day <= length).map((day) => first + day - 1);
}
