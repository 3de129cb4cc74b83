// The next dates of a chain by completion: those of its rule, restarted on the day of the completion.
import { InvalidInputError } from '@mono/contract/errors';
import { wallTimeAt } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';
import type { Rule } from '../../contract/rule.js';
import { RuleTooExpensiveError } from './budget.js';
import { Schedule, type OccurrenceDate } from './schedule.js';

const SUB_DAILY = /FREQ=(HOURLY|MINUTELY)/i;
const COUNT = /;?COUNT=\d+/i;

export interface Predecessor {
  original_start: string;
  /** RFC 3339. */
  closed_at: string;
}

/**
 * In their order; none is of the day of the completion, unless the rule counts in hours or less.
 * @param from a key, before which nobody needs any.
 */
export function* successorDates(
  rule: Rule,
  zone: string,
  { original_start: originalStart, closed_at: closedAt }: Predecessor,
  from?: string,
): Iterable<OccurrenceDate> {
  const closed = wallTimeAt(zone, Date.parse(closedAt));
  const day = closed.toPlainDate().toString();
  const schedule = scheduleFrom(anchoredAt(rule, closed), zone);
  if (!schedule) return;
  const closedMs = Date.parse(closedAt);
  for (const date of schedule.between(from)) {
    const later = isSubDaily(rule) ? date.at > closedMs : date.originalStart.slice(0, 10) > day;
    if (later && date.originalStart > originalStart) yield date;
  }
}

/** @returns undefined where the rule has nothing left from there on: it was found sound when it was said. */
function scheduleFrom(rule: Rule, zone: string): Schedule | undefined {
  try {
    return Schedule.of(rule, zone);
  } catch (error) {
    if (!(error instanceof InvalidInputError) || error instanceof RuleTooExpensiveError) throw error;
    return undefined;
  }
}

/** How many occurrences the rule allows; undefined: no end by count. */
export function countOf({ count, rrule }: Rule): number | undefined {
  const said = rrule === undefined || rrule === null ? undefined : /COUNT=(\d+)/i.exec(rrule)?.[1];
  return count ?? (said === undefined ? undefined : Number(said));
}

function anchoredAt(rule: Rule, closed: Temporal.PlainDateTime): Rule {
  const next: Rule = Object.assign({}, rule);
  delete next.count;
  if (typeof next.rrule === 'string') next.rrule = next.rrule.replace(COUNT, '').replace(/^;/, '');
  next.dtstart = startOn(rule, closed);
  return next;
}

function startOn({ dtstart, pattern }: Rule, closed: Temporal.PlainDateTime): string {
  if (pattern === 'interval') return closed.toString({ smallestUnit: 'second' });
  const day = closed.toPlainDate().toString();
  return dtstart.includes('T') ? `${day}${dtstart.slice(dtstart.indexOf('T'))}` : day;
}

function isSubDaily({ pattern, rrule }: Rule): boolean {
  return pattern === 'interval' || SUB_DAILY.test(rrule ?? '');
}
