// Dates of the filter language: `today`, `+7d`, `next week`, `2026-05-01`. They stay relative until a filter is evaluated in a zone.
import { instantOfWallTime, startOfDayIn, wallTimeAt } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';

type Unit = 'day' | 'week' | 'month' | 'year';
type Edge = 'start' | 'end';
/** "09:30" */
type Time = string;

export type DateValue = Point | { kind: 'range'; from: Point; to: Point };

export type Point =
  | { kind: 'now'; minutes: number }
  | { kind: 'instant'; at: string }
  /** Local time, in the zone of the evaluation. */
  | { kind: 'day'; base: DayBase; time?: Time }
  /** A whole week, month or year. `shift` counts from the current one. */
  | { kind: 'period'; unit: Unit; shift: number }
  | { kind: 'calendar'; unit: 'month' | 'year'; first: string };

export type DayBase =
  | { of: 'date'; date: string }
  | { of: 'today'; shift: number; unit: Unit }
  /** 1 is Monday. `week` undefined: the next such day, today included; otherwise that of the week, relative to the current one. */
  | { of: 'weekday'; day: number; week?: number }
  | { of: 'edge'; edge: Edge; unit: Unit; shift: number };

/** Days from `from` to before `to`, or instants in milliseconds. A point in time is empty. */
export interface Interval<T> {
  from: T;
  to: T;
}

export interface Clock {
  nowMs: number;
  zone: string;
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const UNITS: Readonly<Record<string, Unit>> = { d: 'day', w: 'week', mo: 'month', y: 'year' };
const SHIFTS: Readonly<Record<string, number>> = { this: 0, next: 1, last: -1 };
const MINUTES: Readonly<Record<string, number>> = { h: 60, min: 1 };
/** Ten thousand years are beyond what the database and Temporal agree on. */
const MAX_SHIFT_DAYS = 36_600;

const DAY_NAME = `(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri|sat|sun`;
const UNIT_NAME = 'week|month|year';
const BOUNDARY = String.raw`(?![\p{L}\p{N}_])`;
const TIME = String.raw`(?:\s+(?:at\s+)?(?<time>\d{1,2}:\d{2}))?`;

type Groups = Readonly<Record<string, string | undefined>>;

/** The first that fits is taken: longer forms come first. */
const FORMS: readonly (readonly [source: string, read: (groups: Groups) => Point | undefined])[] = [
  [
    String.raw`(?<date>\d{4}-\d{2}-\d{2})[tT](?<clock>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(?<offset>[zZ]|[+-]\d{2}:\d{2})?`,
    readInstant,
  ],
  [String.raw`(?<date>\d{4}-\d{2}-\d{2})${TIME}`, ({ date = '', time }) => dayOf({ of: 'date', date }, time)],
  [String.raw`(?<month>\d{4}-\d{2})(?![\d-])`, ({ month = '' }) => calendarOf('month', `${month}-01`)],
  [String.raw`(?<year>\d{4})(?![\d-])`, ({ year = '' }) => calendarOf('year', `${year}-01-01`)],
  [String.raw`(?<sign>[+-])(?<count>\d{1,5})(?<unit>min|mo|h|d|w|y)${BOUNDARY}${TIME}`, readOffset],
  [String.raw`now${BOUNDARY}`, () => ({ kind: 'now', minutes: 0 })],
  [
    String.raw`(?<name>today|tomorrow|yesterday)${BOUNDARY}${TIME}`,
    ({ name, time }) =>
      dayOf({ of: 'today', unit: 'day', shift: name === 'today' ? 0 : name === 'tomorrow' ? 1 : -1 }, time),
  ],
  [
    String.raw`(?<edge>start|end)\s+of\s+(?:(?<which>this|next|last)\s+)?(?<unit>${UNIT_NAME})${BOUNDARY}`,
    ({ edge, which = 'this', unit }) =>
      dayOf({ of: 'edge', edge: edge as Edge, unit: unit as Unit, shift: SHIFTS[which] ?? 0 }),
  ],
  [
    String.raw`(?<which>this|next|last)\s+(?<unit>${UNIT_NAME})${BOUNDARY}`,
    ({ which = '', unit }) => ({ kind: 'period', unit: unit as Unit, shift: SHIFTS[which] ?? 0 }),
  ],
  [String.raw`(?<which>this|next|last)\s+(?<day>${DAY_NAME})${BOUNDARY}${TIME}`, readWeekday],
  [String.raw`(?<day>${DAY_NAME})${BOUNDARY}${TIME}`, readWeekday],
  [String.raw`(?<unit>${UNIT_NAME})${BOUNDARY}`, ({ unit }) => ({ kind: 'period', unit: unit as Unit, shift: 0 })],
];
const PATTERNS = FORMS.map(([source, read]) => ({ pattern: new RegExp(source, 'iuy'), read }));
const RANGE = /\s*\.\.\s*/y;

/** For messages and completions. */
export const DATE_EXAMPLES = ['today', 'tomorrow', 'monday', '+7d', 'this week', 'end of month', '2026-12-31'] as const;

/** @returns undefined where no date begins. */
export function readDate(text: string, at: number): { value: DateValue; end: number } | undefined {
  const first = readPoint(text, at);
  if (!first) return undefined;
  RANGE.lastIndex = first.end;
  const dots = RANGE.exec(text);
  const second = dots && readPoint(text, RANGE.lastIndex);
  if (!second) return first;
  return { value: { kind: 'range', from: first.value, to: second.value }, end: second.end };
}

function readPoint(text: string, at: number): { value: Point; end: number } | undefined {
  for (const { pattern, read } of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) continue;
    const groups = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([name, value]) => [name, (value as string | undefined)?.toLowerCase()]),
    );
    const value = read(groups);
    return value && { value, end: at + match[0].length };
  }
  return undefined;
}

function dayOf(base: DayBase, time?: string): Point | undefined {
  if (base.of === 'date' && !isDate(base.date)) return undefined;
  if (time === undefined) return { kind: 'day', base };
  const padded = time.padStart(5, '0');
  return /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(padded) ? { kind: 'day', base, time: padded } : undefined;
}

function calendarOf(unit: 'month' | 'year', first: string): Point | undefined {
  return isDate(first) ? { kind: 'calendar', unit, first } : undefined;
}

function readInstant({ date = '', clock = '', offset }: Groups): Point | undefined {
  if (!isDate(date)) return undefined;
  if (offset === undefined) return /^\d{2}:\d{2}$/.test(clock) ? dayOf({ of: 'date', date }, clock) : undefined;
  const ms = Date.parse(`${date}T${clock}${offset.toUpperCase()}`);
  return Number.isNaN(ms) ? undefined : { kind: 'instant', at: new Date(ms).toISOString() };
}

function readOffset({ sign, count = '', unit = '', time }: Groups): Point | undefined {
  const shift = Number(count) * (sign === '-' ? -1 : 1);
  const minutes = MINUTES[unit];
  if (minutes !== undefined) return time === undefined ? { kind: 'now', minutes: shift * minutes } : undefined;
  const days = { day: 1, week: 7, month: 30, year: 365 }[UNITS[unit] ?? 'day'];
  if (Math.abs(shift) * days > MAX_SHIFT_DAYS) return undefined;
  return dayOf({ of: 'today', shift, unit: UNITS[unit] ?? 'day' }, time);
}

function readWeekday({ which, day = '', time }: Groups): Point | undefined {
  const number = WEEKDAYS.findIndex((name) => name.startsWith(day)) + 1;
  return dayOf({ of: 'weekday', day: number, ...(which !== undefined && { week: SHIFTS[which] ?? 0 }) }, time);
}

function isDate(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text).year >= 1;
  } catch {
    return false;
  }
}

export const TODAY: DateValue = { kind: 'day', base: { of: 'today', shift: 0, unit: 'day' } };

/** Whether a date names days, as `starts` needs, and no time of day. */
export function namesDays(value: DateValue): boolean {
  if (value.kind === 'range') return namesDays(value.from) && namesDays(value.to);
  return value.kind === 'period' || value.kind === 'calendar' || (value.kind === 'day' && value.time === undefined);
}

/** The days that a value names, as dates: from the first to before the last. */
export function daysOf(value: DateValue, clock: Clock): Interval<string> {
  if (value.kind === 'range') return { from: daysOf(value.from, clock).from, to: daysOf(value.to, clock).to };
  if (value.kind === 'now' || value.kind === 'instant') throw new TypeError('Invariant violated: not a day.');
  const { from, to } = plainDays(value, wallTimeAt(clock.zone, clock.nowMs).toPlainDate());
  return { from: from.toString(), to: to.toString() };
}

export function instantsOf(value: DateValue, clock: Clock): Interval<number> {
  if (value.kind === 'range') return { from: instantsOf(value.from, clock).from, to: instantsOf(value.to, clock).to };
  if (value.kind === 'now') return pointAt(clock.nowMs + value.minutes * 60_000);
  if (value.kind === 'instant') return pointAt(Date.parse(value.at));
  const { from, to } = plainDays(value, wallTimeAt(clock.zone, clock.nowMs).toPlainDate());
  if (value.kind === 'day' && value.time !== undefined)
    return pointAt(instantOfWallTime(clock.zone, from.toPlainDateTime(value.time)));
  return { from: startOfDayIn(clock.zone, from), to: startOfDayIn(clock.zone, to) };
}

function pointAt(ms: number): Interval<number> {
  return { from: ms, to: ms };
}

function plainDays(
  value: Exclude<Point, { kind: 'now' | 'instant' }>,
  today: Temporal.PlainDate,
): Interval<Temporal.PlainDate> {
  if (value.kind === 'day') {
    const day = dayAt(value.base, today);
    return { from: day, to: day.add({ days: 1 }) };
  }
  const { unit } = value;
  const from = value.kind === 'calendar' ? Temporal.PlainDate.from(value.first) : startOf(unit, value.shift, today);
  return { from, to: from.add({ [`${unit}s`]: 1 }) };
}

function dayAt(base: DayBase, today: Temporal.PlainDate): Temporal.PlainDate {
  switch (base.of) {
    case 'date':
      return Temporal.PlainDate.from(base.date);
    case 'today':
      return today.add({ [`${base.unit}s`]: base.shift });
    case 'weekday':
      return base.week === undefined
        ? today.add({ days: (base.day - today.dayOfWeek + 7) % 7 })
        : startOf('week', base.week, today).add({ days: base.day - 1 });
    case 'edge':
      return base.edge === 'start'
        ? startOf(base.unit, base.shift, today)
        : startOf(base.unit, base.shift + 1, today).subtract({ days: 1 });
  }
}

/** Weeks begin on Monday. */
function startOf(unit: Unit, shift: number, today: Temporal.PlainDate): Temporal.PlainDate {
  switch (unit) {
    case 'day':
      return today.add({ days: shift });
    case 'week':
      return today.subtract({ days: today.dayOfWeek - 1 }).add({ weeks: shift });
    case 'month':
      return today.with({ day: 1 }).add({ months: shift });
    case 'year':
      return today.with({ month: 1, day: 1 }).add({ years: shift });
  }
}

/** In words: "tomorrow at 09:00", "7 days from today". */
export function dateInWords(value: DateValue): string {
  if (value.kind === 'range') return `from ${dateInWords(value.from)} to ${dateInWords(value.to)}`;
  switch (value.kind) {
    case 'now':
      return value.minutes === 0 ? 'now' : shiftInWords(value.minutes, 'minute', 'now');
    case 'instant':
      return value.at;
    case 'calendar':
      return value.unit === 'month' ? value.first.slice(0, 7) : value.first.slice(0, 4);
    case 'period':
      return `${which(value.shift)} ${value.unit}`;
    case 'day':
      return dayInWords(value.base) + (value.time === undefined ? '' : ` at ${value.time}`);
  }
}

function dayInWords(base: DayBase): string {
  switch (base.of) {
    case 'date':
      return base.date;
    case 'today':
      if (base.unit === 'day' && Math.abs(base.shift) <= 1)
        return ['yesterday', 'today', 'tomorrow'][base.shift + 1] ?? '';
      return shiftInWords(base.shift, base.unit, 'today');
    case 'weekday': {
      const name = WEEKDAYS[base.day - 1] ?? '';
      const capitalised = name.charAt(0).toUpperCase() + name.slice(1);
      return base.week === undefined ? capitalised : `${capitalised} of ${which(base.week)} week`;
    }
    case 'edge':
      return `the ${base.edge === 'start' ? 'first' : 'last'} day of ${which(base.shift)} ${base.unit}`;
  }
}

function which(shift: number): string {
  return shift === 0 ? 'this' : shift > 0 ? 'next' : 'last';
}

function shiftInWords(shift: number, unit: string, base: string): string {
  const count = Math.abs(shift);
  return `${count} ${unit}${count === 1 ? '' : 's'} ${shift < 0 ? 'before' : 'after'} ${base}`;
}
