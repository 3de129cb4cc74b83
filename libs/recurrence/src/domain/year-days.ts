// The days of one year that a yearly rule names, as days since 1970, in order (RFC 5545, 3.3.10, the table's last column).
import { dateOf, dayOf, modulo, monthLength, weekdayOf, yearLength } from './civil-calendar.js';
import { isNamedDay } from './day-filter.js';
import { byMonthDays, daysOfMonth, isNthWeekday, nthWeekdays } from './month-days.js';
import { sorted } from './sorted.js';
import type { RecurrenceParts } from './recurrence-parts.js';

const ALL_MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** @param parts completed from DTSTART, so that they name a day (see complete-parts.ts). */
export function daysOfYear(year: number, parts: RecurrenceParts): number[] {
  if (parts.byWeekNo) return daysOfWeeks(year, parts.byWeekNo, parts);
  if (parts.byYearDay) return byYearDays(year, parts.byYearDay).filter((day) => isNamedDay(day, parts));
  if (parts.byMonth ?? parts.byMonthDay)
    return (parts.byMonth ?? ALL_MONTHS).flatMap((month) => monthOf(year, month, parts));
  return nthWeekdays(parts.byDay ?? [], dayOf(year, 1, 1), yearLength(year));
}

/** Without BYMONTH, numbers of BYDAY count within the year. */
function monthOf(year: number, month: number, parts: RecurrenceParts): number[] {
  if (parts.byMonth) return daysOfMonth(year, month, parts);
  const days = byMonthDays(
    parts.byMonthDay ?? [],
    dayOf(year, month, 1),
    monthLength(year, month),
    parts.clampsMonthDays === true,
  );
  const { byDay } = parts;
  return byDay ? days.filter((day) => isNthWeekday(byDay, day, dayOf(year, 1, 1), yearLength(year))) : days;
}

function byYearDays(year: number, numbers: number[]): number[] {
  const first = dayOf(year, 1, 1);
  const length = yearLength(year);
  const days = numbers.map((number) => (number > 0 ? number : length + 1 + number));
  return sorted(days.filter((day) => day >= 1 && day <= length).map((day) => first + day - 1));
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
function daysOfWeeks(year: number, numbers: number[], parts: RecurrenceParts): number[] {
  const first = firstWeekOf(year, parts.weekStart);
  const weeks = (firstWeekOf(year + 1, parts.weekStart) - first) / 7;
  const days: number[] = [];
  for (const number of numbers) {
    const week = number > 0 ? number : weeks + 1 + number;
    if (week < 1 || week > weeks) continue;
    for (let index = 0; index < 7; index += 1) days.push(first + (week - 1) * 7 + index);
  }
  return sorted(days).filter((day) => isNamedDay(day, parts));
}
