// How long a rule takes until it repeats itself: the calendar does after 400 years, which are whole weeks.
import { DAY_SECONDS } from './civil-calendar.js';
import type { Frequency, RecurrenceParts } from './recurrence-parts.js';

const CALENDAR_DAYS = 146_097;

/** Periods of a frequency within 400 years. */
const PERIODS: Record<Frequency, number> = {
  YEARLY: 400,
  MONTHLY: 4800,
  WEEKLY: CALENDAR_DAYS / 7,
  DAILY: CALENDAR_DAYS,
  HOURLY: CALENDAR_DAYS * 24,
  MINUTELY: CALENDAR_DAYS * 24 * 60,
  SECONDLY: CALENDAR_DAYS * DAY_SECONDS,
};

/** The period that DTSTART cuts short is a year at most. */
const FIRST_PERIOD_DAYS = 366;

export function cycleDays({ frequency, interval }: RecurrenceParts): number {
  return (CALENDAR_DAYS * interval) / divisor(interval, PERIODS[frequency]) + FIRST_PERIOD_DAYS * 2;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
