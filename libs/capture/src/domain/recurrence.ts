// Repetition as a phrase expresses it.
import type { Temporal } from 'temporal-polyfill';
import type { Weekday } from './rule-draft.js';

export type Day = Temporal.PlainDate;

/** A set of days: a weekday, Monday to Friday, or every day of the month. */
export type Nth = Weekday | 'workday';

export type Recurrence =
  | { unit: 'day'; every: number }
  /** Without weekdays: the one of the first day. */
  | { unit: 'week'; every: number; weekdays: Weekday[] }
  | { unit: 'workday' }
  /** Without days: the one of the first day. */
  | { unit: 'month'; every: number; days: (number | 'last')[] }
  /** -1: the last. */
  | { unit: 'nth'; every: number; nth: number; of: Nth }
  | { unit: 'year'; every: number; month?: number; day?: number }
  | { unit: 'elapsed'; minutes: number };

/** A time of day, to the minute. */
export interface Time {
  hour: number;
  minute: number;
}

export interface Limits {
  time?: Time | undefined;
  from?: Day | undefined;
  until?: Day | undefined;
  /** From the first day, instead of an end. */
  length?: Temporal.DurationLike | undefined;
  count?: number | undefined;
}
