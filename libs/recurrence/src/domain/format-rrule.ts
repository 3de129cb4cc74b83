// Parts of a recurrence rule as the text of RFC 5545.
import { dateOf } from './civil-calendar.js';
import { dayOfLocal, formatLocal } from './local-time.js';
import type { NthWeekday, RecurrenceParts, Until } from './recurrence-parts.js';
import { WEEKDAYS } from '../../contract/rule-constants.js';

/** @param parts which clamp nothing: iCalendar has no word for it (see rrule-of.ts). */
export function formatRrule(parts: RecurrenceParts): string {
  const { interval, weekStart, byDay, until } = parts;
  const said: [string, unknown][] = [
    ['FREQ', parts.frequency],
    ['INTERVAL', interval === 1 ? undefined : interval],
    ['COUNT', parts.count],
    ['UNTIL', until && formatUntil(until)],
    ['WKST', weekStart === 0 ? undefined : WEEKDAYS[weekStart]],
    ['BYMONTH', parts.byMonth],
    ['BYWEEKNO', parts.byWeekNo],
    ['BYYEARDAY', parts.byYearDay],
    ['BYMONTHDAY', parts.byMonthDay],
    ['BYDAY', byDay?.map(formatNthWeekday)],
    ['BYHOUR', parts.byHour],
    ['BYMINUTE', parts.byMinute],
    ['BYSECOND', parts.bySecond],
    ['BYSETPOS', parts.bySetPos],
  ];
  return said
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(';');
}

function formatNthWeekday({ weekday, nth }: NthWeekday): string {
  return `${nth === 0 ? '' : nth}${WEEKDAYS[weekday] ?? ''}`;
}

function formatUntil({ seconds, isInstant }: Until): string {
  const last = dateOf(dayOfLocal(seconds)).year > 9999 ? 253_402_300_799 : seconds;
  return formatLocal(last).replaceAll(/[-:]/g, '') + (isInstant ? 'Z' : '');
}
