// Takes missing parts of a rule from DTSTART (RFC 5545, 3.3.10: "Information, not contained in the rule …").
import { DAY_SECONDS, dateOf, modulo, weekdayOf } from './civil-calendar.js';
import { dayOfLocal } from './local-time.js';
import type { RecurrenceParts } from './recurrence-parts.js';

/** @param start DTSTART in local seconds. @returns parts that say by themselves on which days and at which times. */
export function completeParts(parts: RecurrenceParts, start: number): RecurrenceParts {
  return { ...parts, ...missingDays(parts, start), ...missingTimes(parts, modulo(start, DAY_SECONDS)) };
}

/** BYDAY, BYMONTHDAY and BYMONTH where the rule takes them from DTSTART. */
export function missingDays(parts: RecurrenceParts, start: number): Partial<RecurrenceParts> {
  const day = dayOfLocal(start);
  const date = dateOf(day);
  const weekday = { byDay: [{ weekday: weekdayOf(day), nth: 0 }] };
  if (parts.byDay ?? parts.byMonthDay ?? parts.byYearDay) return {};
  if (parts.frequency === 'WEEKLY') return weekday;
  if (parts.frequency === 'MONTHLY') return { byMonthDay: [date.day] };
  if (parts.frequency !== 'YEARLY') return {};
  if (parts.byWeekNo) return weekday;
  return { byMonth: parts.byMonth ?? [date.month], byMonthDay: [date.day] };
}

function missingTimes({ frequency, ...parts }: RecurrenceParts, time: number): Partial<RecurrenceParts> {
  const finest = ['HOURLY', 'MINUTELY', 'SECONDLY'].indexOf(frequency);
  return {
    ...(parts.byHour || finest >= 0 ? {} : { byHour: [Math.floor(time / 3600)] }),
    ...(parts.byMinute || finest >= 1 ? {} : { byMinute: [Math.floor(time / 60) % 60] }),
    ...(parts.bySecond || finest >= 2 ? {} : { bySecond: [time % 60] }),
  };
}

/** The same rule with the time of day of DTSTART. */
export function withoutTimes({
  byHour: _hour,
  byMinute: _minute,
  bySecond: _second,
  ...parts
}: RecurrenceParts): RecurrenceParts {
  return parts;
}
