// The days of one month that BYMONTHDAY and BYDAY name, as days since 1970, in order.
import { dayOf, modulo, monthLength, weekdayOf } from './civil-calendar.js';
import { sorted } from './sorted.js';
import type { NthWeekday, RecurrenceParts } from './recurrence-parts.js';

/** A day of the month where neither BYMONTHDAY nor BYDAY is said: that of DTSTART. */
export type MonthParts = Pick<RecurrenceParts, 'byMonthDay' | 'byDay' | 'clampsMonthDays'>;

/** Numbers of BYDAY count within the month. Months that look alike are worked out once. */
export function monthDaysOf({ byMonthDay, byDay, clampsMonthDays = false }: MonthParts): MonthDays {
  const find = (first: number, length: number): number[] => {
    if (!byMonthDay) return byDay ? nthWeekdays(byDay, first, length) : [];
    const days = byMonthDays(byMonthDay, first, length, clampsMonthDays);
    return byDay ? within(days, nthWeekdays(byDay, first, length)) : days;
  };
  const known = new Map<number, number[]>();
  return (year, month) => {
    const first = dayOf(year, month, 1);
    const length = monthLength(year, month);
    const type = length * 7 + weekdayOf(first);
    let offsets = known.get(type);
    if (!offsets) known.set(type, (offsets = find(first, length).map((day) => day - first)));
    return offsets.map((offset) => first + offset);
  };
}

/** Days since 1970, in order. */
export type MonthDays = (year: number, month: number) => number[];

/** The intersection of two lists, in the order of the first. */
export function within(days: number[], others: number[]): number[] {
  const known = new Set(others);
  return days.filter((day) => known.has(day));
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
