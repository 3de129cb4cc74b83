// The days of a rule's periods (years, months, weeks, or runs of days), one period after another. Begins at any day
// without walking there.
import { COSTS, type Budget } from './budget.js';
import { dateOf, modulo, weekdayOf, yearOf } from './civil-calendar.js';
import { dayFilterOf } from './day-filter.js';
import { MAX_BATCH } from './batches.js';
import { monthDaysOf } from './month-days.js';
import { sorted } from './sorted.js';
import type { RecurrenceParts } from './recurrence-parts.js';
import { weekYearOf, yearDaysOf } from './year-days.js';

/** Days since 1970, in order. The first period may begin before `fromDay`, the last end after `lastDay`, and a period may be empty. */
export type Periods = (fromDay: number, lastDay: number, budget: Budget) => Generator<number[], void>;

/** @param parts completed from DTSTART, of a frequency not finer than DAILY. @param startDay the day of DTSTART */
export function periodsOf(parts: RecurrenceParts, startDay: number): Periods {
  if (parts.frequency === 'YEARLY') return yearly(parts, startDay);
  if (parts.frequency === 'MONTHLY') return monthly(parts, startDay);
  return parts.frequency === 'WEEKLY' ? weekly(parts, startDay) : daily(parts, startDay);
}

/** The first of `anchor`, `anchor + interval`, … that is at least `from`. */
function align(anchor: number, interval: number, from: number): number {
  return from <= anchor ? anchor : anchor + Math.ceil((from - anchor) / interval) * interval;
}

function yearly(parts: RecurrenceParts, startDay: number): Periods {
  const { interval } = parts;
  const daysOfYear = yearDaysOf(parts);
  const anchor = anchorYear(parts, startDay, daysOfYear);
  // Weeks reach into the years beside theirs.
  const reach = parts.byWeekNo ? 1 : 0;
  return function* years(fromDay, lastDay, budget) {
    const last = yearOf(lastDay) + reach;
    for (let year = align(anchor, interval, yearOf(fromDay) - reach); year <= last; year += interval) {
      const days = daysOfYear(year);
      budget.spend(COSTS.period + days.length);
      yield days;
    }
  };
}

/** With BYWEEKNO, a DTSTART that is in the rule counts in the year of its week; one that is not, in its calendar year. */
function anchorYear(parts: RecurrenceParts, startDay: number, daysOfYear: (year: number) => number[]): number {
  const year = yearOf(startDay);
  if (!parts.byWeekNo) return year;
  const weekYear = weekYearOf(startDay, parts.weekStart);
  if (daysOfYear(weekYear).includes(startDay)) return weekYear;
  return parts.interval === 1 ? year - 1 : year;
}

/** Months since the year 0. */
function monthOf(day: number): number {
  const { year, month } = dateOf(day);
  return year * 12 + month - 1;
}

function monthly(parts: RecurrenceParts, startDay: number): Periods {
  const { interval, byMonth } = parts;
  const anchor = monthOf(startDay);
  const daysOfMonth = monthDaysOf(parts);
  return function* months(fromDay, lastDay, budget) {
    const last = monthOf(lastDay);
    for (let index = align(anchor, interval, monthOf(fromDay)); index <= last; index += interval) {
      budget.spend(COSTS.period);
      const month = modulo(index, 12) + 1;
      if (!byMonth || byMonth.includes(month)) yield daysOfMonth(Math.floor(index / 12), month);
    }
  };
}

function weekly(parts: RecurrenceParts, startDay: number): Periods {
  const { byMonth, byDay = [], weekStart } = parts;
  const step = parts.interval * 7;
  const weekOf = (day: number): number => day - modulo(weekdayOf(day) - weekStart, 7);
  const anchor = weekOf(startDay);
  const offsets = sorted(byDay.map(({ weekday }) => modulo(weekday - weekStart, 7)));
  const next = dayFilterOf({ ...(byMonth && { byMonth }) });
  return function* weeks(fromDay, lastDay, budget) {
    for (let week = align(anchor, step, weekOf(fromDay)); week <= lastDay; week += step) {
      budget.spend(COSTS.period);
      const days = offsets.map((offset) => week + offset);
      yield next ? days.filter((day) => next(day) === day) : days;
    }
  };
}

/** Runs of days. Their length grows, so that a caller that needs only the first does not wait. */
function daily(parts: RecurrenceParts, startDay: number): Periods {
  const { interval, byMonth, byMonthDay, byDay } = parts;
  const next = dayFilterOf({
    ...(byMonth && { byMonth }),
    ...(byMonthDay && { byMonthDay }),
    ...(byDay && { byDay }),
  });
  return function* days(fromDay, lastDay, budget) {
    let run: number[] = [];
    let size = 1;
    for (let day = align(startDay, interval, fromDay); day <= lastDay;) {
      budget.spend(1);
      const named = next ? next(day) : day;
      if (named > day) {
        day = align(startDay, interval, named);
        continue;
      }
      run.push(day);
      day += interval;
      if (run.length < size) continue;
      yield run;
      run = [];
      size = Math.min(size * 2, MAX_BATCH);
    }
    yield run;
  };
}
