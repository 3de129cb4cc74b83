// Days with their times: a rule that names several times of a day is expanded a batch of them at a time, and counted a day at a time.
import { MAX_BATCH, type Starts } from './batches.js';
import type { Budget } from './budget.js';
import { DAY_SECONDS } from './civil-calendar.js';
import { dayOfLocal } from './local-time.js';

export interface TimedDay {
  /** Since 1970. */
  day: number;
  /** Seconds of the day, in order. */
  times: number[];
}

/** In order; none before `firstDay` or after `lastDay`. */
export type TimedDays = (firstDay: number, lastDay: number, budget: Budget) => Generator<TimedDay, void>;

/** Starts as a whole, so that they can be counted without being listed. */
export interface Span {
  count: number;
  first: number;
  last: number;
  /** @param index less than `count`. */
  at: (index: number) => number;
}

/** @param low the first local second wanted. */
export function* startsOfDays(days: TimedDays, low: number, lastDay: number, budget: Budget): Starts {
  const firstDay = dayOfLocal(low);
  for (const { day, times } of days(firstDay, lastDay, budget)) {
    const midnight = day * DAY_SECONDS;
    let from = day === firstDay ? firstAtLeast(times, low - midnight) : 0;
    for (; from < times.length; from += MAX_BATCH) {
      const starts: number[] = [];
      for (let index = from; index < Math.min(times.length, from + MAX_BATCH); index += 1)
        starts.push(midnight + (times[index] ?? NaN));
      budget.spend(starts.length);
      yield starts;
    }
  }
}

/** A span for each day. */
export function* spansOfDays(days: TimedDays, low: number, lastDay: number, budget: Budget): Generator<Span, void> {
  const firstDay = dayOfLocal(low);
  for (const { day, times } of days(firstDay, lastDay, budget)) {
    budget.spend(SPAN_STEPS);
    const midnight = day * DAY_SECONDS;
    const skipped = day === firstDay ? firstAtLeast(times, low - midnight) : 0;
    const at = (index: number): number => midnight + (times[skipped + index] ?? NaN);
    const count = times.length - skipped;
    if (count > 0) yield { count, first: at(0), last: at(count - 1), at };
  }
}
const SPAN_STEPS = 8;

/** The spans of batches. */
export function* spansOf(starts: Starts): Generator<Span, void> {
  for (const batch of starts) {
    const [first, last] = [batch[0], batch.at(-1)];
    if (first !== undefined && last !== undefined)
      yield { count: batch.length, first, last, at: (index) => batch[index] ?? NaN };
  }
}

function firstAtLeast(sorted: number[], least: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? NaN) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
