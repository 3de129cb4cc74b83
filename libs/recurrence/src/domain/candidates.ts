// The local times that a rule names, before zones, UNTIL, COUNT and exceptions: lazily, from any point on.
import { DAY_SECONDS, LAST_DAY } from './civil-calendar.js';
import { completeParts } from './complete-parts.js';
import { batched, type Starts } from './batches.js';
import { cycleDays } from './cycle.js';
import { dayOfLocal } from './local-time.js';
import { periodsOf, type Periods } from './periods.js';
import type { RecurrenceParts } from './recurrence-parts.js';
import { pickIndices, pickStarts } from './set-positions.js';
import { subDailyOf, subDailyStarts } from './sub-daily.js';

export interface Candidates {
  /** From `from` to the end of the day of `to`, both in local seconds; none before DTSTART or after the year 9999. */
  between: (from: number, to: number) => Starts;
  /** The most candidates of one day, before BYSETPOS picks. */
  perDay: number;
  /** What has not occurred in so many days after DTSTART never will: the calendar and the interval begin anew. */
  cycleDays: number;
}

/** @param start DTSTART in local seconds; where it is not in the rule, the first match after it is the first candidate. */
export function candidatesOf(said: RecurrenceParts, start: number): Candidates {
  const parts = completeParts(said, start);
  const sub = subDailyOf(parts);
  const { perDay, startsBetween } = sub
    ? {
        perDay: Math.max(Math.ceil(DAY_SECONDS / sub.unitSeconds / parts.interval) * sub.offsets.length, sub.perUnit),
        startsBetween: (low: number, lastDay: number) => subDailyStarts(parts, sub, start, low, lastDay),
      }
    : coarse(parts, start);
  return {
    perDay,
    cycleDays: cycleDays(parts),
    between: (from, to) => batched(startsBetween(Math.max(from, start), Math.min(LAST_DAY, dayOfLocal(to)))),
  };
}

interface Coarse {
  perDay: number;
  startsBetween: (low: number, lastDay: number) => Starts;
}

function coarse(parts: RecurrenceParts, start: number): Coarse {
  const all = timesOfDay(parts);
  const perDay = all.length;
  const periods = periodsOf(parts, dayOfLocal(start));
  const { bySetPos } = parts;
  if (!bySetPos) return { perDay, startsBetween: (low, lastDay) => everyTime(periods, all, low, lastDay) };
  if (parts.frequency !== 'DAILY') {
    const pick = (days: number[]): number[] => pickStarts(bySetPos, days, all);
    return { perDay, startsBetween: (low, lastDay) => picked(periods, pick, low, lastDay) };
  }
  // Every day has the same times, and so the same picks.
  const times = pickIndices(bySetPos, all.length).map((index) => all[index] ?? NaN);
  return { perDay, startsBetween: (low, lastDay) => everyTime(periods, times, low, lastDay) };
}

function timesOfDay({ byHour = [], byMinute = [], bySecond = [] }: RecurrenceParts): number[] {
  return byHour.flatMap((hour) =>
    byMinute.flatMap((minute) => bySecond.map((second) => hour * 3600 + minute * 60 + second)),
  );
}

function* everyTime(periods: Periods, times: number[], low: number, lastDay: number): Starts {
  const firstDay = dayOfLocal(low);
  for (const days of periods(firstDay, lastDay)) {
    for (const day of days) {
      if (day > lastDay) return;
      const starts = times.map((time) => day * DAY_SECONDS + time);
      if (day > firstDay) yield starts;
      else if (day === firstDay) yield starts.filter((local) => local >= low);
    }
  }
}

function* picked(periods: Periods, pick: (days: number[]) => number[], low: number, lastDay: number): Starts {
  const end = (lastDay + 1) * DAY_SECONDS;
  for (const days of periods(dayOfLocal(low), lastDay)) {
    const starts = pick(days);
    const isWithin = (starts[0] ?? low) >= low && (starts.at(-1) ?? low) < end;
    yield isWithin ? starts : starts.filter((local) => local >= low && local < end);
  }
}
