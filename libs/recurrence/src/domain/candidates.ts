// The local times that a rule names, before zones, UNTIL, COUNT and exceptions: lazily, from any point on.
import { DAY_SECONDS, LAST_DAY } from './civil-calendar.js';
import { completeParts } from './complete-parts.js';
import { batched, type Starts } from './batches.js';
import type { Budget } from './budget.js';
import { cycleDays } from './cycle.js';
import { spansOf, spansOfDays, startsOfDays, type Span, type TimedDays } from './day-times.js';
import { dayOfLocal } from './local-time.js';
import { periodsOf, type Periods } from './periods.js';
import type { RecurrenceParts } from './recurrence-parts.js';
import { pickIndices, startsPicker } from './set-positions.js';
import { subDailyDays, subDailyOf } from './sub-daily.js';

export interface Candidates {
  /** From `from` to the end of the day of `to`, both in local seconds; none before DTSTART or after the year 9999. */
  between: (from: number, to: number, budget: Budget) => Starts;
  /** All of them, to be counted. */
  spans: (budget: Budget) => Generator<Span, void>;
  /** The most candidates of one day, before BYSETPOS picks. */
  perDay: number;
  /** Number of days after which calendar and interval repeat: a rule without an occurrence by then has none. */
  cycleDays: number;
}

/** @param start DTSTART in local seconds; where it is not in the rule, the first match after it is the first candidate. */
export function candidatesOf(said: RecurrenceParts, start: number): Candidates {
  const parts = completeParts(said, start);
  const { perDay, startsBetween, days } = subDaily(parts, start) ?? coarse(parts, start);
  const between: Candidates['between'] = (from, to, budget) =>
    batched(startsBetween(Math.max(from, start), Math.min(LAST_DAY, dayOfLocal(to)), budget));
  return {
    perDay,
    cycleDays: cycleDays(parts),
    between,
    spans: (budget) => (days ? spansOfDays(days, start, LAST_DAY, budget) : spansOf(between(start, Infinity, budget))),
  };
}

/** @param low the first local second wanted. */
type StartsBetween = (low: number, lastDay: number, budget: Budget) => Starts;

interface Expansion {
  perDay: number;
  startsBetween: StartsBetween;
  /** Where days have several times. */
  days?: TimedDays;
}

function byDays(perDay: number, days: TimedDays): Expansion {
  return { perDay, days, startsBetween: (low, lastDay, budget) => startsOfDays(days, low, lastDay, budget) };
}

function subDaily(parts: RecurrenceParts, start: number): Expansion | undefined {
  const sub = subDailyOf(parts);
  if (!sub) return undefined;
  const perDay = Math.ceil(DAY_SECONDS / sub.unitSeconds / parts.interval) * sub.offsets.length;
  return byDays(Math.max(perDay, sub.perUnit), subDailyDays(parts, sub, start));
}

function coarse(parts: RecurrenceParts, start: number): Expansion {
  const all = timesOfDay(parts);
  const perDay = all.length;
  const periods = periodsOf(parts, dayOfLocal(start));
  const { bySetPos } = parts;
  if (!bySetPos) return everyTime(perDay, periods, all);
  if (parts.frequency !== 'DAILY') return { perDay, startsBetween: picked(periods, startsPicker(bySetPos, all)) };
  // Every day has the same times, and so the same picks.
  const times = pickIndices(bySetPos, all.length).map((index) => all[index] ?? NaN);
  return everyTime(perDay, periods, times);
}

function timesOfDay({ byHour = [], byMinute = [], bySecond = [] }: RecurrenceParts): number[] {
  return byHour.flatMap((hour) =>
    byMinute.flatMap((minute) => bySecond.map((second) => hour * 3600 + minute * 60 + second)),
  );
}

function everyTime(perDay: number, periods: Periods, times: number[]): Expansion {
  const [only, ...others] = times;
  if (only === undefined) return { perDay, startsBetween: none };
  if (others.length === 0) return { perDay, startsBetween: onceADay(periods, only) };
  return byDays(perDay, function* days(firstDay, lastDay, budget) {
    for (const period of periods(firstDay, lastDay, budget))
      for (const day of period) if (day >= firstDay && day <= lastDay) yield { day, times };
  });
}

/** BYSETPOS picks nothing. */
function* none(): Starts {}

/** Most rules: without a step for each day. */
function onceADay(periods: Periods, time: number): StartsBetween {
  return function* starts(low, lastDay, budget) {
    for (const days of periods(dayOfLocal(low), lastDay, budget)) {
      const starts = days.map((day) => day * DAY_SECONDS + time);
      budget.spend(starts.length);
      const isWithin = (starts[0] ?? low) >= low && (days.at(-1) ?? lastDay) <= lastDay;
      yield isWithin ? starts : starts.filter((local, index) => local >= low && (days[index] ?? NaN) <= lastDay);
    }
  };
}

function picked(periods: Periods, pick: (days: number[]) => number[]): StartsBetween {
  return function* starts(low, lastDay, budget) {
    const end = (lastDay + 1) * DAY_SECONDS;
    for (const days of periods(dayOfLocal(low), lastDay, budget)) {
      const starts = pick(days);
      budget.spend(starts.length * 2);
      const isWithin = (starts[0] ?? low) >= low && (starts.at(-1) ?? low) < end;
      yield isWithin ? starts : starts.filter((local) => local >= low && local < end);
    }
  };
}
