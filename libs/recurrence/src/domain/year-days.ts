// The days of one year that a yearly rule names, as days since 1970, in order (RFC 5545, 3.3.10, the table's last column).
import { dateOf, dayOf, modulo, monthLength, weekdayOf, yearLength } from './civil-calendar.js';
import { byYearDays, dayFilterOf } from './day-filter.js';
import { byMonthDays, monthDaysOf, nthWeekdays, within } from './month-days.js';
import { sorted } from './sorted.js';
import type { RecurrenceParts } from './recurrence-parts.js';
import { byYearType } from './year-types.js';

const ALL_MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** @param parts completed from DTSTART, so that they name a day (see complete-parts.ts). */
export function yearDaysOf(parts: RecurrenceParts): (year: number) => number[] {
  const find = finderOf(parts);
  const offsetsOf = byYearType((year) => {
    const first = dayOf(year, 1, 1);
    return find(year).map((day) => day - first);
  });
  return (year) => {
    const first = dayOf(year, 1, 1);
    return offsetsOf(year).map((offset) => first + offset);
  };
}

function finderOf(parts: RecurrenceParts): (year: number) => number[] {
  const { byWeekNo, byYearDay, byMonth, byMonthDay, byDay } = parts;
  const next = dayFilterOf(parts);
  const named = (days: number[]): number[] => (next ? days.filter((day) => next(day) === day) : days);
  if (byWeekNo) return (year) => named(daysOfWeeks(year, byWeekNo, parts.weekStart));
  if (byYearDay) return (year) => named(sorted(byYearDays(byYearDay, dayOf(year, 1, 1), yearLength(year))));
  if (byMonth) {
    const daysOf = monthDaysOf(parts);
    return (year) => byMonth.flatMap((month) => daysOf(year, month));
  }
  if (byMonthDay) return (year) => byEachMonth(year, parts, byMonthDay);
  return (year) => nthWeekdays(byDay ?? [], dayOf(year, 1, 1), yearLength(year));
}

/** Without BYMONTH, numbers of BYDAY count within the year. */
function byEachMonth(year: number, { byDay, clampsMonthDays }: RecurrenceParts, byMonthDay: number[]): number[] {
  const days = ALL_MONTHS.flatMap((month) =>
    byMonthDays(byMonthDay, dayOf(year, month, 1), monthLength(year, month), clampsMonthDays === true),
  );
  return byDay ? within(days, nthWeekdays(byDay, dayOf(year, 1, 1), yearLength(year))) : days;
}

/** The first day of the week 1 of a year: that with at least four days in it. */
export function firstWeekOf(year: number, weekStart: number): number {
  const first = dayOf(year, 1, 1);
  const into = modulo(weekdayOf(first) - weekStart, 7);
  return into <= 3 ? first - into : first - into + 7;
}

/** The year to which the week of a day belongs. */
export function weekYearOf(day: number, weekStart: number): number {
  const { year } = dateOf(day);
  if (day < firstWeekOf(year, weekStart)) return year - 1;
  return day >= firstWeekOf(year + 1, weekStart) ? year + 1 : year;
}

/** Weeks belong to the year that has most of their days, so some days of them lie in the year before or after. */
function daysOfWeeks(year: number, numbers: number[], weekStart: number): number[] {
  const first = firstWeekOf(year, weekStart);
  const weeks = (firstWeekOf(year + 1, weekStart) - first) / 7;
  const days: number[] = [];
  for (const number of numbers) {
    const week = number > 0 ? number : weeks + 1 + number;
    if (week < 1 || week > weeks) continue;
    for (let index = 0; index < 7; index += 1) days.push(first + (week - 1) * 7 + index);
  }
  return sorted(days);
}
