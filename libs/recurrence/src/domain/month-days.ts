// The days of one month that BYMONTHDAY and BYDAY name, as days since 1970, in order.
import { dayOf, modulo, monthLength, weekdayOf } from './civil-calendar.js';
import { sorted } from './sorted.js';
import type { NthWeekday, RecurrenceParts } from './recurrence-parts.js';

/** A day of the month where neither BYMONTHDAY nor BYDAY is said: that of DTSTART. */
export type MonthParts = Pick<RecurrenceParts, 'byMonthDay' | 'byDay' | 'clampsMonthDays'>;

/** Numbers of BYDAY count within the month. */
export function daysOfMonth(year: number, month: number, parts: MonthParts): number[] {
  const { byMonthDay, byDay } = parts;
  const first = dayOf(year, month, 1);
  const length = monthLength(year, month);
  if (byMonthDay) {
    const days = byMonthDays(byMonthDay, first, length, parts.clampsMonthDays === true);
    return byDay ? days.filter((day) => isNthWeekday(byDay, day, first, length)) : days;
  }
  return byDay ? nthWeekdays(byDay, first, length) : [];
}

/** @param first the first day of the month. */
export function byMonthDays(numbers: number[], first: number, length: number, clamps: boolean): number[] {
  const days: number[] = [];
  for (const number of numbers) {
    const day = number > 0 ? number : length + 1 + number;
    if (day >= 1 && day <= length) days.push(first + day - 1);
    else if (clamps && day > length) days.push(first + length - 1);
  }
  return sorted(days);
}

/** In a stretch of `length` days from `first`: a month or a year. */
export function nthWeekdays(byDay: NthWeekday[], first: number, length: number): number[] {
  if (byDay.every(({ nth }) => nth === 0)) return eachWeekday(byDay, first, length);
  const days: number[] = [];
  for (const { weekday, nth } of byDay) {
    const offset = modulo(weekday - weekdayOf(first), 7);
    const last = offset + Math.floor((length - 1 - offset) / 7) * 7;
    if (nth === 0) {
      for (let index = offset; index < length; index += 7) days.push(first + index);
      continue;
    }
    const index = nth > 0 ? offset + (nth - 1) * 7 : last + (nth + 1) * 7;
    if (index >= 0 && index < length) days.push(first + index);
  }
  return sorted(days);
}

/** In order as they come, which costs a tenth of sorting them. */
function eachWeekday(byDay: NthWeekday[], first: number, length: number): number[] {
  let named = 0;
  for (const { weekday } of byDay) named |= 1 << weekday;
  const days: number[] = [];
  for (let index = 0, weekday = weekdayOf(first); index < length; index += 1, weekday = (weekday + 1) % 7)
    if (named & (1 << weekday)) days.push(first + index);
  return days;
}

export function isNthWeekday(byDay: NthWeekday[], day: number, first: number, length: number): boolean {
  const weekday = weekdayOf(day);
  const fromStart = Math.floor((day - first) / 7) + 1;
  const fromEnd = -Math.floor((first + length - 1 - day) / 7) - 1;
  return byDay.some((by) => by.weekday === weekday && (by.nth === 0 || by.nth === fromStart || by.nth === fromEnd));
}
