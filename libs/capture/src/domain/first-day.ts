// The first day of a recurrence. Rules that skip periods count from it, so that it must be a day of the rule.
import { Temporal } from 'temporal-polyfill';
import type { Day, Nth, Recurrence } from './recurrence.js';
import { WEEKDAYS } from './rule-draft.js';

/** More than any rule skips: a fifth Friday comes within some months, a leap day within eight years. */
const MAX_MONTHS = 12 * 9;

/** @returns undefined for a recurrence without a day. */
export function firstDay(recurrence: Recurrence, from: Day): Day | undefined {
  switch (recurrence.unit) {
    case 'day':
    case 'elapsed':
      return from;
    case 'workday':
      return firstWeekday(from, ['MO', 'TU', 'WE', 'TH', 'FR']);
    case 'week':
      return recurrence.weekdays.length > 0 ? firstWeekday(from, recurrence.weekdays) : from;
    case 'month': {
      const { days } = recurrence;
      return days.length > 0 ? firstOfMonths(from, (month) => daysIn(month, days)) : from;
    }
    case 'nth': {
      const { nth, of } = recurrence;
      return firstOfMonths(from, (month) => nthOf(month, nth, of));
    }
    case 'year': {
      const { month, day } = recurrence;
      if (month === undefined || day === undefined) return from;
      return firstOfMonths(from, (first) => (first.month === month ? [first.with({ day })] : []));
    }
  }
}

function firstWeekday(from: Day, weekdays: readonly string[]): Day | undefined {
  const days = Array.from({ length: 7 }, (_none, days_) => from.add({ days: days_ }));
  return days.find(({ dayOfWeek }) => weekdays.includes(WEEKDAYS[dayOfWeek - 1] ?? ''));
}

/** @param daysOf the days of a month, given by its first day. */
function firstOfMonths(from: Day, daysOf: (first: Day) => Day[]): Day | undefined {
  for (let months = 0; months < MAX_MONTHS; months += 1) {
    const first = from.with({ day: 1 }).add({ months });
    const found = daysOf(first)
      .filter((day) => Temporal.PlainDate.compare(day, from) >= 0)
      .sort((a, b) => Temporal.PlainDate.compare(a, b))[0];
    if (found) return found;
  }
  return undefined;
}

/** One day that a month does not have is its last day; of several, it is left out. */
function daysIn(first: Day, days: readonly (number | 'last')[]): Day[] {
  const { daysInMonth } = first;
  return days.flatMap((day) => {
    const number = day === 'last' ? daysInMonth : day;
    if (number > daysInMonth && days.length > 1) return [];
    return [first.with({ day: Math.min(number, daysInMonth) })];
  });
}

function nthOf(first: Day, nth: number, of: Nth): Day[] {
  const days = Array.from({ length: first.daysInMonth }, (_none, index) => first.add({ days: index })).filter(
    ({ dayOfWeek }) => (of === 'workday' ? dayOfWeek <= 5 : WEEKDAYS[dayOfWeek - 1] === of),
  );
  const day = nth < 0 ? days.at(nth) : days[nth - 1];
  return day ? [day] : [];
}
