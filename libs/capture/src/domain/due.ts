// The due date and the start of a task that does not recur.
import { instantOfWallTime } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';
import type { RoledMoment } from './line-moments.js';
import type { Day, Time } from './recurrence.js';
import type { Range, Span } from './span.js';

export interface Due {
  /** A day, or an instant. */
  due?: { on: string } | { at: string };
  /** A day. */
  starts?: string;
}

interface ReadDue extends Due {
  /** The length of a range of times. */
  minutes?: number;
  spans: Span[];
}

export interface Clock {
  now: Temporal.PlainDateTime;
  /** The same as an instant. */
  nowMs: number;
  timezone: string;
}

/** The last day of the line is the due date; a time beside it or elsewhere is its time. */
export function readDue(moments: readonly RoledMoment[], text: string, clock: Clock): ReadDue {
  const starting = moments.find((moment) => isStart(moment, moments, text));
  const rest = moments.filter((moment) => moment !== starting && moment.role !== 'from');
  const dated = rest.findLast(
    ({ day, elapsed, instant }) => day !== undefined || elapsed !== undefined || instant !== undefined,
  );
  const timed =
    dated?.day && !dated.time && !isRangeOfDays(dated)
      ? rest.findLast(isTimeOnly)
      : dated
        ? undefined
        : rest.findLast(isTimeOnly);
  const spans = [...spanOf(starting, 'starts_on'), ...spanOf(dated, 'due'), ...spanOf(timed, 'due')];
  const { start, due, minutes } = resolve(dated, timed, clock);
  const starts = starting?.day ?? start;
  return {
    ...(due ? { due } : {}),
    ...(starts ? { starts: starts.toString() } : {}),
    ...(minutes === undefined ? {} : { minutes }),
    spans,
  };
}

/** `from 1 May`, or the first day of `1. Mai bis 5. Mai`. */
function isStart(moment: RoledMoment, moments: readonly RoledMoment[], text: string): boolean {
  if (!moment.day || moment.time || moment.last) return false;
  if (moment.role === 'from') return true;
  const next = moments[moments.indexOf(moment) + 1];
  return (
    moment.role === undefined &&
    next?.role === 'until' &&
    text.slice(moment.end, next.start).trim() === '' &&
    next.day !== undefined
  );
}

function isTimeOnly({ day, time, role }: RoledMoment): boolean {
  return day === undefined && time !== undefined && role !== 'until';
}

function isRangeOfDays({ last }: RoledMoment): boolean {
  return last !== undefined && 'day' in last;
}

function spanOf(range: Range | undefined, field: Span['field']): Span[] {
  return range ? [{ field, start: range.start, end: range.end }] : [];
}

interface Resolved {
  start?: Day;
  due?: { on: string } | { at: string };
  minutes?: number;
}

function resolve(
  dated: RoledMoment | undefined,
  timed: RoledMoment | undefined,
  { now, nowMs, timezone }: Clock,
): Resolved {
  if (dated?.instant !== undefined) return { due: { at: dated.instant } };
  if (dated?.elapsed !== undefined) return { due: { at: textOf(nowMs + dated.elapsed * 60_000) } };
  const time = dated?.time ?? timed?.time;
  const last = dated?.last ?? timed?.last;
  const day = dated?.day ? dayOf(dated, time, now) : time && dayOfTime(time, now);
  if (!day) return {};
  if (last && 'day' in last) return { start: day, due: { on: last.day.toString() } };
  if (!time) return { due: { on: day.toString() } };
  const due = { at: textOf(instantOfWallTime(timezone, day.toPlainDateTime(time))) };
  const minutes = last && minutesOf(last.time) - minutesOf(time);
  return minutes !== undefined && minutes > 0 ? { due, minutes } : { due };
}

/** A weekday is one to come: today's counts only while its time is ahead. */
function dayOf({ day, isWeekday }: RoledMoment, time: Time | undefined, now: Temporal.PlainDateTime): Day | undefined {
  if (!day || !isWeekday || !day.equals(now.toPlainDate())) return day;
  return time && !isPast(time, now) ? day : day.add({ days: 7 });
}

/** A time without a day is the next one. */
function dayOfTime(time: Time, now: Temporal.PlainDateTime): Day {
  return now.toPlainDate().add({ days: isPast(time, now) ? 1 : 0 });
}

function isPast(time: Time, now: Temporal.PlainDateTime): boolean {
  return minutesOf(time) < minutesOf(now);
}

function minutesOf({ hour, minute }: Time): number {
  return hour * 60 + minute;
}

function textOf(instantMs: number): string {
  return new Date(instantMs).toISOString().replace('.000Z', 'Z');
}
