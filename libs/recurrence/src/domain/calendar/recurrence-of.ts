// Writes the dates of a template as DTSTART, RRULE, RDATE and EXDATE of RFC 5545.
//
// DTSTART is the first occurrence, because RFC 5545 counts it as one; a part of a split series starts at its own first one. An RRULE
// cannot express every rule, such as dates left out in gaps. So the RRULE is read back with our own engine: dates that it has in
// excess become EXDATE, missing ones RDATE.
import type { Rule } from '../../../contract/rule.js';
import { Budget } from '../budget.js';
import { keyBefore } from '../dates.js';
import { readMoment } from '../local-time.js';
import { rruleOf } from '../rrule-of.js';
import { Schedule, type OccurrenceDate } from '../schedule.js';
import { take } from '../take.js';

export interface TemplateDates {
  rule: Rule;
  /** In which the rule is read. */
  zone: string;
  /** `original_start`, inclusive; null: from the rule's beginning. */
  startsFrom: string | null;
  /** `original_start`, exclusive; null: to the rule's end. */
  endsBefore: string | null;
  /** Nothing starts from then on; milliseconds since 1970. */
  untilMs: number | null;
}

/** All dates as `original_start`; without a rule, they are listed. */
export interface CalendarDates {
  start: string;
  rrule: string | null;
  rdate: string[];
  exdate: string[];
  /** Whether the rule was compared to its end; otherwise up to `MAX_COMPARED` or `COMPARED_YEARS`. */
  isExact: boolean;
}

/** How far the RRULE is compared. A rule that is the same up to here is taken as the same. */
const MAX_COMPARED = 2_000;
const COMPARED_YEARS = 10;
/** Where more differ, the dates are listed instead. */
const MAX_DIFFERENCES = 200;
const MAX_LISTED = 1_000;
const YEAR_MS = 366 * 24 * 60 * 60 * 1_000;

/** The dates, with the schedule that all steps read. */
interface ScheduledDates extends TemplateDates {
  schedule: Schedule;
  budget: Budget;
}

/**
 * @param budget of this template. @returns undefined where there is no occurrence.
 * @throws RuleTooExpensiveError where it does not suffice.
 */
export function recurrenceOf(dates: TemplateDates, nowMs: number, budget = new Budget()): CalendarDates | undefined {
  const scheduled = { ...dates, budget, schedule: Schedule.stored(dates.rule, dates.zone, budget) };
  const [first] = take(occurrencesOf(scheduled), 1);
  if (!first) return undefined;
  const horizonMs = Math.max(first.at, nowMs) + COMPARED_YEARS * YEAR_MS;
  const candidate = candidateOf(scheduled, first);
  const compared = candidate && compare(scheduled, candidate, first, horizonMs);
  return compared ?? listed(scheduled, horizonMs);
}

function* occurrencesOf(scheduled: ScheduledDates, from = scheduled.startsFrom): Generator<OccurrenceDate> {
  const { schedule, endsBefore, untilMs } = scheduled;
  for (const date of schedule.between(from ?? undefined, endsBefore ?? undefined)) {
    if (untilMs === null || date.at < untilMs) yield date;
    // Local order is that of instants but for an hour or so of a fold.
    else if (date.at > untilMs + MAX_FOLD_MS) return;
  }
}
const MAX_FOLD_MS = 2 * 24 * 60 * 60 * 1_000;

/** The rule as others would read it. */
interface Candidate extends Rule {
  rrule: string;
  /** Whether it is the template's own in other words, so that there is nothing to compare. */
  isSame: boolean;
}

/** @returns undefined where it cannot be said in a rule. */
function candidateOf(scheduled: ScheduledDates, first: OccurrenceDate): Candidate | undefined {
  const { rrule, rdate, exdate, exact } = rruleOf(scheduled.rule, scheduled.zone, scheduled.budget);
  if (rrule === null) return undefined;
  const words = bounded(plain(rrule), scheduled, first);
  const start = first.originalStart.replace(/Z$/, '');
  const beginsAlike = readMoment(start)?.seconds === readMoment(scheduled.rule.dtstart)?.seconds;
  return {
    dtstart: start,
    timezone: first.originalStart.endsWith('Z') ? 'UTC' : scheduled.zone,
    rrule: words,
    rdate: rdate.filter((date) => isOwn(date, scheduled, first)),
    exdate: exdate.filter((date) => isOwn(date, scheduled, first)),
    // An UNTIL in UTC may fall into a change of clocks.
    isSame:
      exact && beginsAlike && words === rrule && scheduled.rule.pattern !== 'interval' && !words.includes('UNTIL='),
  };
}

/** For local dates only; the comparison finds those in UTC. */
function isOwn(date: string, { endsBefore }: ScheduledDates, { originalStart }: OccurrenceDate): boolean {
  if (date.endsWith('Z')) return true;
  return date >= originalStart.slice(0, date.length) && (endsBefore === null || date < endsBefore);
}

/** A month's last day in the words that every reader knows: few apply BYSETPOS to BYMONTHDAY, which the 29th and 30th need. */
function plain(rrule: string): string {
  const { BYMONTHDAY: days, BYSETPOS: position, BYMONTH: month, ...parts } = partsOf(rrule);
  const isLast = days === '28,29,30,31' || (month === '2' && days?.startsWith('28,29') === true);
  if (!isLast || position !== '-1') return rrule;
  return textOfParts({ ...parts, ...(month === undefined ? {} : { BYMONTH: month }), BYMONTHDAY: '-1' });
}

/** With the end that this part of the series has: COUNT where nothing is cut off, else UNTIL in UTC (3.3.10). */
function bounded(rrule: string, scheduled: ScheduledDates, first: OccurrenceDate): string {
  const { startsFrom, endsBefore, untilMs } = scheduled;
  if (startsFrom === null && endsBefore === null && untilMs === null) return rrule;
  const { COUNT: count, UNTIL: until, ...parts } = partsOf(rrule);
  const bounds: number[] = [];
  if (untilMs !== null) bounds.push(untilMs - 1_000);
  if (endsBefore !== null) bounds.push(lastBefore(scheduled, endsBefore));
  if (count !== undefined) bounds.push(lastOf(scheduled));
  else if (until !== undefined) bounds.push(msOf(until));
  const ended = bounds.length === 0 ? parts : { ...parts, UNTIL: textOf(Math.max(first.at, Math.min(...bounds))) };
  return textOfParts(ended);
}

/** The instant of the last occurrence: by local time it may come before some others of a fold. */
function lastOf(scheduled: ScheduledDates): number {
  const last = scheduled.schedule.last(scheduled.startsFrom ?? undefined, scheduled.endsBefore ?? undefined);
  if (!last) return MAX_MS;
  if (last.originalStart.endsWith('Z')) return last.at;
  let lastMs = last.at;
  const from = [keyBefore(last.at), scheduled.startsFrom ?? ''].toSorted().at(-1);
  for (const { at } of occurrencesOf({ ...scheduled, untilMs: null }, from)) lastMs = Math.max(lastMs, at);
  return lastMs;
}

function partsOf(rrule: string): Record<string, string> {
  return Object.fromEntries(rrule.split(';').map((part) => part.split('=') as [string, string]));
}

function textOfParts(parts: Record<string, string>): string {
  return Object.entries(parts)
    .map((part) => part.join('='))
    .join(';');
}

/** An instant at or after the last occurrence that starts before, by local time, and before the next one. */
function lastBefore({ schedule }: ScheduledDates, endsBefore: string): number {
  const [next] = take(schedule.between(endsBefore), 1);
  return next ? next.at - 1_000 : MAX_MS;
}
/** The end of the year 9999. */
const MAX_MS = 253_402_300_799_000;

/** @returns undefined where the rule read back is another one. */
function compare(
  scheduled: ScheduledDates,
  candidate: Candidate,
  first: OccurrenceDate,
  horizonMs: number,
): CalendarDates | undefined {
  const { rrule, rdate = [], exdate = [] } = candidate;
  const same = { start: first.originalStart, rrule, rdate: rdate ?? [], exdate: exdate ?? [], isExact: true };
  if (candidate.isSame) return same;
  const read = readBack(candidate, scheduled.budget);
  if (!read) return undefined;
  const ours = upTo(occurrencesOf(scheduled), horizonMs);
  const lastMs = ours.length === MAX_COMPARED ? (ours.at(-1)?.at ?? horizonMs) : horizonMs;
  const theirs = upTo(read.between(), lastMs + 1);
  const [ourTimes, theirTimes] = [ours, theirs].map((dates) => new Set(dates.map(({ at }) => at)));
  const missing = ours.filter(({ at }) => !theirTimes?.has(at));
  const tooMuch = theirs.filter(({ at }) => !ourTimes?.has(at));
  if (missing.length + tooMuch.length > MAX_DIFFERENCES) return undefined;
  return {
    ...same,
    rdate: [...same.rdate, ...missing.map(({ originalStart }) => originalStart)],
    exdate: [...same.exdate, ...tooMuch.map(({ originalStart }) => originalStart)],
  };
}

function readBack({ isSame: _same, ...candidate }: Candidate, budget: Budget): Schedule | undefined {
  try {
    return Schedule.stored(candidate, undefined, budget);
  } catch {
    return undefined;
  }
}

function listed(scheduled: ScheduledDates, horizonMs: number): CalendarDates | undefined {
  const dates = upTo(occurrencesOf(scheduled), horizonMs, MAX_LISTED).map(({ originalStart }) => originalStart);
  const [start] = dates;
  if (start === undefined) return undefined;
  // Where there are others, some readers count only those that are listed.
  const rdate = dates.length > 1 ? dates : [];
  return { start, rrule: null, rdate, exdate: [], isExact: dates.length < MAX_LISTED };
}

function upTo(dates: Iterable<OccurrenceDate>, horizonMs: number, most = MAX_COMPARED): OccurrenceDate[] {
  const found: OccurrenceDate[] = [];
  for (const date of dates) {
    if (date.at >= horizonMs || found.length >= most) break;
    found.push(date);
  }
  return found;
}

/** `20260501T090000Z`. */
function textOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

function msOf(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
