// What RFC 5545 forbids of parts together (3.3.10), and what this service does not take on.
import { refuse } from './faults.js';
import type { RecurrenceParts } from './recurrence-parts.js';

/** What BYSETPOS may choose from. */
const BY_PARTS = [
  'byMonth',
  'byWeekNo',
  'byYearDay',
  'byMonthDay',
  'byDay',
  'byHour',
  'byMinute',
  'bySecond',
] as const satisfies (keyof RecurrenceParts)[];

const no = (issue: string): never => refuse('rrule', issue);

/** @throws InvalidInputError: `rule.rrule` */
export function checkRrule(parts: RecurrenceParts): void {
  const { frequency } = parts;
  if (frequency === 'SECONDLY') no('FREQ=SECONDLY is not supported; the finest is MINUTELY');
  if (parts.byWeekNo && frequency !== 'YEARLY') no(`BYWEEKNO is for FREQ=YEARLY only, not ${frequency}`);
  if (parts.byYearDay && ['DAILY', 'WEEKLY', 'MONTHLY'].includes(frequency))
    no(`BYYEARDAY is not for FREQ=${frequency}`);
  if (parts.byMonthDay && frequency === 'WEEKLY') no('BYMONTHDAY is not for FREQ=WEEKLY');
  if (parts.byDay?.some(({ nth }) => nth !== 0)) {
    if (frequency !== 'MONTHLY' && frequency !== 'YEARLY') no(`BYDAY with a number is not for FREQ=${frequency}`);
    if (parts.byWeekNo) no('BYDAY with a number is not allowed beside BYWEEKNO');
  }
  if (parts.bySetPos && BY_PARTS.every((name) => parts[name] === undefined)) no('BYSETPOS needs another BY… part');
}
