// The rule that follows from a phrase.
import { Temporal } from 'temporal-polyfill';
import { durationOf } from './durations.js';
import { firstDay } from './first-day.js';
import type { Day, Limits, Recurrence, Time } from './recurrence.js';
import { WEEKDAYS, type RuleDraft, type Weekday } from './rule-draft.js';

/** Mondays to Fridays as RFC 5545 names them. */
export const WORKDAYS = 'MO,TU,WE,TH,FR';

/**
 * The rule starts on the first day that is not past, at its time if there is one.
 * @returns undefined for a rule without an occurrence.
 */
export function ruleOf(
  recurrence: Recurrence,
  limits: Limits,
  now: Temporal.PlainDateTime,
  timezone: string,
): RuleDraft | undefined {
  const { time, length, count } = limits;
  const first = firstDay(recurrence, earliestDay(limits, now));
  const until = limits.until ?? (first && length && first.add(length).subtract({ days: 1 }));
  if (!first || (until && Temporal.PlainDate.compare(until, first) < 0)) return undefined;
  return {
    dtstart: startOf(recurrence, first, time ?? (startsLater(limits, now) ? undefined : timeOf(recurrence, now))),
    timezone,
    ...fieldsOf(recurrence, first),
    ...(until ? { until: until.toString() } : {}),
    ...(count === undefined ? {} : { count }),
  };
}

/** Whether a day other than today is named as the first. */
function startsLater({ from }: Limits, now: Temporal.PlainDateTime): boolean {
  return from !== undefined && Temporal.PlainDate.compare(from, now.toPlainDate()) !== 0;
}

/** Tomorrow, if the time of today has passed. */
function earliestDay(limits: Limits, now: Temporal.PlainDateTime): Day {
  const { time, from } = limits;
  const today = now.toPlainDate();
  if (from && startsLater(limits, now)) return from;
  const isPast = time !== undefined && (time.hour - now.hour || time.minute - now.minute) < 0;
  return isPast ? today.add({ days: 1 }) : today;
}

/** Elapsed time counts from now, unless something else is said. */
function timeOf({ unit }: Recurrence, { hour, minute }: Time): Time | undefined {
  return unit === 'elapsed' ? { hour, minute } : undefined;
}

function startOf({ unit }: Recurrence, day: Day, time: Time | undefined): string {
  const at = time ?? (unit === 'elapsed' ? { hour: 0, minute: 0 } : undefined);
  return at ? `${day.toString()}T${two(at.hour)}:${two(at.minute)}:00` : day.toString();
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

type RuleFields = Omit<RuleDraft, 'dtstart' | 'timezone' | 'until' | 'count'>;

function fieldsOf(recurrence: Recurrence, first: Day): RuleFields {
  switch (recurrence.unit) {
    case 'day':
      return { pattern: 'daily', ...everyOf(recurrence.every) };
    case 'workday':
      return { pattern: 'weekdays' };
    case 'week': {
      const { weekdays, every } = recurrence;
      return {
        pattern: 'weekly',
        ...everyOf(every),
        days_of_week: weekdays.length > 0 ? weekdays : [weekdayOf(first)],
      };
    }
    case 'month':
      return monthFields(recurrence);
    case 'nth':
      return { rrule: nthRule(recurrence) };
    case 'year': {
      const { every, day } = recurrence;
      return {
        pattern: 'yearly',
        ...everyOf(every),
        ...(day === undefined || day === first.day ? {} : { day_of_month: day }),
      };
    }
    case 'elapsed':
      return { pattern: 'interval', interval: durationOf(recurrence.minutes) };
  }
}

function everyOf(every: number): { every?: number } {
  return every === 1 ? {} : { every };
}

function weekdayOf({ dayOfWeek }: Day): Weekday {
  return WEEKDAYS[dayOfWeek - 1] ?? 'MO';
}

function monthFields({ every, days }: Extract<Recurrence, { unit: 'month' }>): RuleFields {
  const [day, ...more] = days;
  if (more.length > 0) {
    const monthDays = days.map((one) => (one === 'last' ? -1 : one)).join(',');
    return { rrule: `FREQ=MONTHLY${intervalOf(every)};BYMONTHDAY=${monthDays}` };
  }
  const pattern =
    every % 3 === 0
      ? { pattern: 'quarterly' as const, ...everyOf(every / 3) }
      : { pattern: 'monthly' as const, ...everyOf(every) };
  return { ...pattern, ...(day === undefined ? {} : { day_of_month: day }) };
}

function nthRule({ every, nth, of }: Extract<Recurrence, { unit: 'nth' }>): string {
  const days = of === 'workday' ? `BYDAY=${WORKDAYS};BYSETPOS=${nth}` : `BYDAY=${nth}${of}`;
  return `FREQ=MONTHLY${intervalOf(every)};${days}`;
}

function intervalOf(every: number): string {
  return every === 1 ? '' : `;INTERVAL=${every}`;
}
