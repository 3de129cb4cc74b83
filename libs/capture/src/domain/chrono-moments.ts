// Single days and times, found by chrono. It works in local time: its reference is the wall's clock as if it were UTC.
import * as german from 'chrono-node/de';
import * as english from 'chrono-node/en';
import type { Chrono, ParsedComponents, ParsedResult } from 'chrono-node';
import { Temporal } from 'temporal-polyfill';
import type { Language } from './language.js';
import type { Moment } from './moment.js';
import type { Time } from './recurrence.js';

/** Abbreviations of zones are words, too: `9am CAT`. */
function withoutZoneNames(chrono: Chrono): Chrono {
  const clone = chrono.clone();
  clone.refiners = clone.refiners.filter(({ constructor: { name } }) => name !== 'ExtractTimezoneAbbrRefiner');
  return clone;
}

const CHRONOS: Readonly<Record<Language, Chrono>> = {
  en: withoutZoneNames(english.casual),
  de: withoutZoneNames(german.casual),
};

const PARTS_OF_DAY: readonly [string, number][] = [
  ['casualReference/morning', 9],
  ['casualReference/noon', 12],
  ['casualReference/afternoon', 15],
  ['casualReference/evening', 19],
  ['casualReference/tonight', 19],
  ['casualReference/midnight', 0],
];

export function chronoMoments(text: string, language: Language, now: Temporal.PlainDateTime): Moment[] {
  const instant = new Date(now.toZonedDateTime('UTC').epochMilliseconds);
  const results = CHRONOS[language].parse(text, { instant, timezone: 0 }, { forwardDate: true });
  return results.flatMap((result) => momentOf(result, now) ?? []);
}

function momentOf(result: ParsedResult, now: Temporal.PlainDateTime): Moment | undefined {
  const { index: start, text, start: from, end: to } = result;
  const range = { start, end: start + text.replace(/[\s,.]+$/u, (mark) => (mark.startsWith('.') ? '.' : '')).length };
  const tags = result.tags();
  const isRelative = tags.has('result/relativeDate');
  if (tags.has('result/relativeDateAndTime')) {
    const elapsed = Math.round((from.date().getTime() - now.toZonedDateTime('UTC').epochMilliseconds) / 60_000);
    return { ...range, elapsed };
  }
  if (from.isCertain('timezoneOffset') && !isRelative && from.isCertain('hour'))
    return { ...range, instant: from.date().toISOString() };
  const day = dayOf(from);
  if (!day) return undefined;
  const time = timeOf(from, tags);
  const hasDay =
    isRelative || from.isCertain('day') || from.isCertain('weekday') || from.isCertain('month') || saysDay(tags, time);
  const last = to && lastOf(to, time !== undefined);
  return {
    ...range,
    ...(hasDay ? { day } : {}),
    ...(time ? { time } : {}),
    ...(from.isCertain('month') && !from.isCertain('day') && !isRelative ? { isMonth: true } : {}),
    ...(from.isCertain('weekday') && !from.isCertain('day') ? { isWeekday: true } : {}),
    ...(last ? { last } : {}),
  };
}

/** `weekend` has a day that chrono does not call certain. */
function saysDay(tags: Set<string>, time: Time | undefined): boolean {
  return time === undefined && tags.size === 0;
}

function lastOf(to: ParsedComponents, isTimed: boolean): Moment['last'] {
  const [day, time] = [dayOf(to), timeOf(to, new Set())];
  if (isTimed) return time && { time };
  return day && !time ? { day } : undefined;
}

function dayOf(components: ParsedComponents): Temporal.PlainDate | undefined {
  const [year, month, day] = [components.get('year'), components.get('month'), components.get('day')];
  if (year === null || month === null || day === null || year < 1 || year > 9999) return undefined;
  try {
    return Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' });
  } catch {
    return undefined;
  }
}

function timeOf(components: ParsedComponents, tags: Set<string>): Time | undefined {
  const part = PARTS_OF_DAY.find(([tag]) => tags.has(tag));
  if (!components.isCertain('hour')) return part && { hour: part[1], minute: 0 };
  if (part && part[1] !== 12) return { hour: part[1], minute: 0 };
  const hour = components.get('hour');
  return hour === null || hour > 23 ? undefined : { hour, minute: components.get('minute') ?? 0 };
}
