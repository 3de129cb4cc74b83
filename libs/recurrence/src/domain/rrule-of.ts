// A rule as iCalendar says it, where it has the words: named patterns as RRULE, single dates as RDATE and EXDATE.
import { Budget } from './budget.js';
import { missingDays, withoutTimes } from './complete-parts.js';
import { compileRule, type CompiledRule } from './compile-rule.js';
import { formatRrule } from './format-rrule.js';
import { formatLocal, readMoment, type Moment } from './local-time.js';
import { parseRrule } from './parse-rrule.js';
import { partsOfPattern } from './patterns.js';
import type { Frequency, RecurrenceParts, Until } from './recurrence-parts.js';
import { Schedule } from './schedule.js';
import { readElapsed } from './elapsed.js';
import type { Rule } from '../../contract/rule.js';

export interface RruleOf {
  /** DTSTART for `rrule`: the first occurrence, because iCalendar counts DTSTART as one. Local; with `interval` an instant with `Z`. */
  start: string;
  /** Null for a rule of dates only. UNTIL is in UTC, as RFC 5545 wants beside a DTSTART with a zone. */
  rrule: string | null;
  /** Local, or instants with `Z`; without the one that `start` is. */
  rdate: string[];
  exdate: string[];
  /** False where iCalendar would bring other occurrences: it cannot leave out what falls into a gap of the clocks. */
  exact: boolean;
}

/** @param rule that was found sound. @param zone where it floats when it names none. @throws RuleTooExpensiveError */
export function rruleOf(rule: Rule, zone = 'UTC', budget = new Budget()): RruleOf {
  const compiled = compileRule(rule, zone);
  const parts = partsOf(rule, compiled);
  const start = Schedule.stored(rule, zone, budget).firstStart;
  const texts = (moments: Moment[]): string[] => moments.map(formatMoment).filter((text) => text !== start);
  return {
    start,
    rrule: parts ? formatRrule({ ...parts, ...limitsOf(compiled) }) : null,
    rdate: texts(compiled.rdates),
    exdate: compiled.exdates.map(formatMoment),
    exact: !compiled.skipsGaps,
  };
}

function partsOf(rule: Rule, { start, until: _until, ...compiled }: CompiledRule): RecurrenceParts | undefined {
  if (rule.pattern === 'interval') return elapsedParts(readElapsed(rule.interval));
  // DTSTART says the time of day.
  if (rule.pattern) return unclamped(withoutTimes(partsOfPattern(rule, rule.pattern, start)));
  if (typeof rule.rrule !== 'string' || !compiled.candidates) return undefined;
  const said = parseRrule(rule.rrule);
  const parts = readMoment(rule.dtstart)?.isDate ? withoutTimes(said) : said;
  return { ...parts, ...missingDays(parts, start) };
}

const SHORTEST_MONTH = 28;

/** The 31st or the month's last day is the last of the days from the 28th to the 31st. */
function unclamped({ clampsMonthDays, ...parts }: RecurrenceParts): RecurrenceParts {
  const day = parts.byMonthDay?.[0] ?? 0;
  if (!clampsMonthDays || day <= SHORTEST_MONTH) return parts;
  const byMonthDay = [28, 29, 30, 31].filter((number) => number <= day);
  return { ...parts, byMonthDay, bySetPos: [-1] };
}

const UNITS: [Frequency, number][] = [
  ['DAILY', 86_400],
  ['HOURLY', 3600],
  ['MINUTELY', 60],
  ['SECONDLY', 1],
];

/** Elapsed time is a rule in UTC, where no clock changes. */
function elapsedParts(seconds: number): RecurrenceParts {
  const [frequency, unit] = UNITS.find(([, unit]) => seconds % unit === 0) ?? ['SECONDLY', 1];
  return { frequency, interval: seconds / unit, weekStart: 0 };
}

function limitsOf({ count, until, wall }: CompiledRule): Pick<RecurrenceParts, 'count' | 'until'> {
  const seconds = (at: Until): number => (at.isInstant ? at.seconds : at.seconds - wall.stretchAt(at.seconds).offset);
  return {
    ...(count === undefined ? {} : { count }),
    ...(until ? { until: { seconds: seconds(until), isInstant: true } } : {}),
  };
}

function formatMoment({ seconds, isInstant }: Moment): string {
  return formatLocal(seconds) + (isInstant ? 'Z' : '');
}
