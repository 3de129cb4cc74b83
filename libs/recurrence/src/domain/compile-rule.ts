// A rule as a client says it, checked and made ready to be expanded.
import { Zone } from '@mono/contract/zones';
import { DAY_SECONDS } from './civil-calendar.js';
import { candidatesOf, type Candidates } from './candidates.js';
import { withoutTimes } from './complete-parts.js';
import { elapsedBetween, elapsedSpan, readElapsed } from './elapsed.js';
import { refuse } from './faults.js';
import { readMoment, type Moment } from './local-time.js';
import { checkRrule, parseRrule, untilOf } from './parse-rrule.js';
import { clampedBelow, partsOfPattern, refuseForeign } from './patterns.js';
import type { RecurrenceParts, Until } from './recurrence-parts.js';
import { DST_GAPS, MAX_RULE_COUNT, MAX_RULE_DATES, MONTH_ENDS, PATTERNS } from '../../contract/rule-constants.js';
import type { Rule } from '../../contract/rule.js';

export interface CompiledRule {
  /** Where clients' local times are meant. */
  wall: Zone;
  /** Where the rule counts: the same, or UTC for elapsed time. */
  zone: Zone;
  isElapsed: boolean;
  /** DTSTART, local or for elapsed time its instant, in seconds. */
  start: number;
  /** Undefined where there are dates only. */
  candidates: Candidates | undefined;
  until: Until | undefined;
  count: number | undefined;
  rdates: Moment[];
  exdates: Moment[];
  skipsGaps: boolean;
  /** An occurrence on a day of the month below it has been moved to the month's end. */
  clampedBelow: number;
}

/** The densest rule that is taken: a candidate every 17 seconds. */
const MAX_PER_DAY = 5_000;

/** @param floating the zone of a rule that names none. @throws InvalidInputError: `rule.<field>` */
export function compileRule(rule: Rule, floating: string): CompiledRule {
  const start = readStart(rule);
  const wall = readZone(rule.timezone ?? floating);
  refuseUnknown('pattern', rule.pattern, PATTERNS);
  refuseUnknown('month_end', rule.month_end, MONTH_ENDS);
  refuseUnknown('dst_gap', rule.dst_gap, DST_GAPS);
  const limits = { until: readUntil(rule), count: readCount(rule) };
  if (limits.until && limits.count !== undefined) refuse('until', 'must not be given together with count');
  const compiled = {
    start: start.seconds,
    wall,
    zone: wall,
    isElapsed: false,
    rdates: [],
    exdates: [],
    clampedBelow: 0,
    ...limits,
  };
  const skipsGaps = rule.dst_gap === 'skip';
  if (rule.pattern === 'interval') return { ...compiled, ...compileElapsed(rule, start.seconds, wall) };
  if (rule.pattern) {
    const parts = partsOfPattern(rule, rule.pattern, start.seconds);
    return {
      ...compiled,
      skipsGaps,
      candidates: candidatesOf(parts, start.seconds),
      clampedBelow: clampedBelow(parts),
    };
  }
  return { ...compiled, skipsGaps, ...compileRfc(rule, start, limits) };
}

function refuseUnknown(field: 'pattern' | 'month_end' | 'dst_gap', value: unknown, known: readonly string[]): void {
  if (value !== undefined && value !== null && !known.includes(value as string))
    refuse(field, `must be one of ${known.join(', ')}`);
}

function readStart({ dtstart }: Rule): Moment {
  const moment = readMoment(dtstart);
  if (!moment || moment.isInstant)
    refuse('dtstart', 'must be a local time such as 2026-01-31T09:00:00, or a date, in the years 0001 to 9999');
  return moment;
}

function readZone(name: string): Zone {
  try {
    return Zone.of(name);
  } catch {
    return refuse('timezone', 'must be an IANA time zone such as Europe/Berlin');
  }
}

const MOMENT_FORMS = 'local (2026-12-31T09:00:00), an instant (2026-12-31T08:00:00Z) or a date';

function readUntil({ until }: Rule): Until | undefined {
  if (until === undefined || until === null) return undefined;
  const moment = readMoment(until) ?? refuse('until', `must be ${MOMENT_FORMS}`);
  return untilOf(moment);
}

function readCount({ count }: Rule): number | undefined {
  if (count === undefined || count === null) return undefined;
  if (!Number.isInteger(count) || count < 1 || count > MAX_RULE_COUNT)
    refuse('count', `must be an integer from 1 to ${MAX_RULE_COUNT}`);
  return count;
}

function compileElapsed(
  rule: Rule,
  start: number,
  wall: Zone,
): Pick<CompiledRule, 'start' | 'zone' | 'isElapsed' | 'candidates' | 'skipsGaps'> {
  refuseForeign(rule, 'the pattern interval', ['interval']);
  if (rule.dst_gap === 'skip') refuse('dst_gap', 'is not allowed with the pattern interval, which is elapsed time');
  const step = readElapsed(rule.interval);
  const instant = start - wall.stretchAt(start).offset;
  return {
    start: instant,
    zone: Zone.of('UTC'),
    isElapsed: true,
    skipsGaps: false,
    candidates: {
      perDay: Math.ceil(DAY_SECONDS / step),
      cycleDays: Math.ceil(step / DAY_SECONDS),
      between: (from, to, budget) => elapsedBetween(step, instant, from, to, budget),
      spans: () => elapsedSpan(step, instant),
    },
  };
}

type Limits = Pick<CompiledRule, 'until' | 'count'>;

function compileRfc(
  rule: Rule,
  start: Moment,
  limits: Limits,
): Limits & Pick<CompiledRule, 'candidates' | 'rdates' | 'exdates'> {
  refuseForeign(rule, 'a rule without a pattern', ['rrule', 'rdate', 'exdate']);
  const rdates = readDates('rdate', rule.rdate);
  const exdates = readDates('exdate', rule.exdate);
  if (typeof rule.rrule !== 'string') {
    if (rdates.length === 0) refuse('pattern', 'is required, or rrule or rdate instead of it');
    if (limits.until ?? limits.count) refuse(limits.until ? 'until' : 'count', 'needs a pattern or an rrule');
    // RFC 5545, 3.8.5.2: DTSTART is the first of the dates.
    return { ...limits, candidates: undefined, rdates: [start, ...rdates], exdates };
  }
  const parts = parseRrule(rule.rrule);
  checkRrule(parts);
  const { until, count } = oneLimit(parts, limits);
  // RFC 5545, 3.3.10: BYHOUR, BYMINUTE and BYSECOND "MUST be ignored" where DTSTART is a date.
  const candidates = candidatesOf(start.isDate ? withoutTimes(parts) : parts, start.seconds);
  if (candidates.perDay > MAX_PER_DAY) refuse('rrule', `asks for more than ${MAX_PER_DAY} times in one day`);
  return { until, count, candidates, rdates, exdates };
}

function oneLimit(parts: RecurrenceParts, limits: Limits): Limits {
  const inside = parts.until ?? parts.count;
  const issue = 'must not be given together with COUNT or UNTIL in rrule';
  if (inside !== undefined && limits.until) refuse('until', issue);
  if (inside !== undefined && limits.count !== undefined) refuse('count', issue);
  return { until: parts.until ?? limits.until, count: parts.count ?? limits.count };
}

function readDates(field: 'rdate' | 'exdate', texts: unknown): Moment[] {
  if (texts === undefined || texts === null) return [];
  if (!Array.isArray(texts)) refuse(field, `must be an array; each item ${MOMENT_FORMS}`);
  if (texts.length > MAX_RULE_DATES) refuse(field, `must have at most ${MAX_RULE_DATES} items`);
  return texts.map((text) => readMoment(text) ?? refuse(field, `each item must be ${MOMENT_FORMS}`));
}
