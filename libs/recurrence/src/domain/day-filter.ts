// Whether a day is one of those that BYMONTH, BYMONTHDAY, BYYEARDAY and BYDAY leave, all together.
import { dateOf, dayOf, monthLength, yearLength } from './civil-calendar.js';
import { isNthWeekday } from './month-days.js';
import type { RecurrenceParts } from './recurrence-parts.js';

/** @param day since 1970. Numbers of BYDAY count within the month where BYMONTH is said, else within the year. */
export function isNamedDay(day: number, { byMonth, byMonthDay, byYearDay, byDay }: RecurrenceParts): boolean {
  const date = dateOf(day);
  if (byMonth && !byMonth.includes(date.month)) return false;
  if (byMonthDay) {
    const fromEnd = date.day - monthLength(date.year, date.month) - 1;
    if (!byMonthDay.includes(date.day) && !byMonthDay.includes(fromEnd)) return false;
  }
  const firstOfYear = dayOf(date.year, 1, 1);
  const length = yearLength(date.year);
  if (byYearDay) {
    const number = day - firstOfYear + 1;
    if (!byYearDay.includes(number) && !byYearDay.includes(number - length - 1)) return false;
  }
  if (!byDay) return true;
  if (byMonth) return isNthWeekday(byDay, day, day - date.day + 1, monthLength(date.year, date.month));
  return isNthWeekday(byDay, day, firstOfYear, length);
}
