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

export function cycleDays(parts: RecurrenceParts): number {
  const { frequency, interval } = parts;
  const days = dependsOnDate(parts) ? CALENDAR_DAYS : 7;
  const periods = (PERIODS[frequency] * days) / CALENDAR_DAYS;
  return (days * interval) / divisor(interval, periods) + FIRST_PERIOD_DAYS * 2;
}

/** Otherwise it depends on the day of the week and the time of day alone. */
function dependsOnDate({ frequency, ...parts }: RecurrenceParts): boolean {
  if (frequency === 'YEARLY' || frequency === 'MONTHLY') return true;
  return (parts.byMonth ?? parts.byMonthDay ?? parts.byYearDay) !== undefined;
}

/** The greatest common one. */
export function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
