// Translates named patterns to parts of RFC 5545. Fields that do not belong to the pattern are refused.
import { dateOf, weekdayOf } from './civil-calendar.js';
import { refuse, type RuleField } from './faults.js';
import { dayOfLocal, readTimeOfDay } from './local-time.js';
import { sorted } from './sorted.js';
import type { Frequency, NthWeekday, RecurrenceParts } from './recurrence-parts.js';
import { MAX_EVERY, WEEKDAYS, type Pattern } from '../../contract/rule-constants.js';
import type { Rule } from '../../contract/rule.js';

/** A pattern on the calendar; `interval` is elapsed time instead (elapsed.ts). */
export type CalendarPattern = Exclude<Pattern, 'interval'>;

interface PatternForm {
  frequency: Frequency;
  /** Periods of the frequency between two of the pattern. */
  step: number;
  /** The settings that belong to it, beside those of every rule. */
  takes: RuleField[];
}

const MONTHLY_SETTINGS: RuleField[] = ['time', 'every', 'day_of_month', 'month_end'];

const FORMS: Record<CalendarPattern, PatternForm> = {
  daily: { frequency: 'DAILY', step: 1, takes: ['time', 'every'] },
  weekly: { frequency: 'WEEKLY', step: 1, takes: ['time', 'every', 'days_of_week'] },
  biweekly: { frequency: 'WEEKLY', step: 2, takes: ['time', 'every', 'days_of_week'] },
  weekdays: { frequency: 'WEEKLY', step: 1, takes: ['time'] },
  monthly: { frequency: 'MONTHLY', step: 1, takes: MONTHLY_SETTINGS },
  quarterly: { frequency: 'MONTHLY', step: 3, takes: MONTHLY_SETTINGS },
  yearly: { frequency: 'YEARLY', step: 1, takes: MONTHLY_SETTINGS },
};

/** Settings of which each belongs to some patterns, to `interval`, or to rules without a pattern. */
export const SETTINGS = [
  'time',
  'every',
  'days_of_week',
  'day_of_month',
  'month_end',
  'interval',
  'rrule',
  'rdate',
  'exdate',
] as const satisfies RuleField[];

/** @param kind how the rule is called in the refusal. @throws InvalidInputError: a setting that the rule has and does not take */
export function refuseForeign(rule: Rule, kind: string, takes: RuleField[]): void {
  for (const field of SETTINGS) {
    if (takes.includes(field) || (rule[field] ?? null) === null) continue;
    refuse(field, `does not belong to ${kind}`);
  }
}

/** @param start DTSTART in local seconds. */
export function partsOfPattern(rule: Rule, pattern: CalendarPattern, start: number): RecurrenceParts {
  const { frequency, step, takes } = FORMS[pattern];
  refuseForeign(rule, `the pattern ${pattern}`, takes);
  const every = rule.every ?? 1;
  if (!Number.isInteger(every) || every < 1 || every > MAX_EVERY)
    refuse('every', `must be an integer from 1 to ${MAX_EVERY}`);
  const parts: RecurrenceParts = { frequency, interval: every * step, weekStart: 0, ...timeOf(rule) };
  if (frequency === 'DAILY') return parts;
  if (frequency === 'WEEKLY') return { ...parts, byDay: weekdaysOf(rule, pattern, start) };
  return {
    ...parts,
    ...daysInMonth(rule, start),
    ...(frequency === 'YEARLY' ? { byMonth: [dateOf(dayOfLocal(start)).month] } : {}),
  };
}

function timeOf({ time }: Rule): Partial<RecurrenceParts> {
  if (time === undefined || time === null) return {};
  const seconds = readTimeOfDay(time) ?? refuse('time', 'must be a time of day such as 09:00 or 09:00:30');
  return { byHour: [Math.floor(seconds / 3600)], byMinute: [Math.floor(seconds / 60) % 60], bySecond: [seconds % 60] };
}

const each = (weekday: number): NthWeekday => ({ weekday, nth: 0 });

function weekdaysOf(rule: Rule, pattern: CalendarPattern, start: number): NthWeekday[] {
  if (pattern === 'weekdays') return [0, 1, 2, 3, 4].map(each);
  const names = rule.days_of_week ?? null;
  if (names === null) return [each(weekdayOf(dayOfLocal(start)))];
  const issue = `must hold days of the week out of ${WEEKDAYS.join(', ')}`;
  if (!Array.isArray(names) || names.length === 0) refuse('days_of_week', issue);
  const weekdays = names.map((name) => WEEKDAYS.indexOf(name));
  if (weekdays.includes(-1)) refuse('days_of_week', issue);
  return sorted(weekdays).map(each);
}

/** Always from the day that was meant: the 31st is the 28th in February and the 31st again in March. */
function daysInMonth(rule: Rule, start: number): Partial<RecurrenceParts> {
  const day = rule.day_of_month ?? dateOf(dayOfLocal(start)).day;
  const clamps = (rule.month_end ?? 'clamp') === 'clamp';
  if (day === 'last') return { byMonthDay: [-1] };
  if (!Number.isInteger(day) || day < 1 || day > 31) refuse('day_of_month', 'must be an integer from 1 to 31, or last');
  return { byMonthDay: [day], clampsMonthDays: clamps };
}

/** The day of the month below which an occurrence has been moved to a month's end; 0 where none can be. */
export function clampedBelow({ clampsMonthDays, byMonthDay }: RecurrenceParts): number {
  return clampsMonthDays ? (byMonthDay?.[0] ?? 0) : 0;
}
