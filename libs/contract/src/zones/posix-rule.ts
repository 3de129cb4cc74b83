// The yearly rule of a zone in the format of POSIX TZ, with the extension of RFC 9636, 3.3.2: hours from -167 to 167.
import { DAY_SECONDS, dayNumber, isLeapYear, weekday, yearOfSecond } from './civil-days.js';
import type { Transition, ZoneRules } from './zone-rules.js';

interface Change {
  day: (year: number) => number;
  /** Seconds after midnight, in the local time before the change. */
  time: number;
}

interface Daylight {
  offset: number;
  start: Change;
  end: Change;
}

const NAME = String.raw`(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)`;
const HOURS = String.raw`[+-]?\d{1,3}(?::\d{2}){0,2}`;
const DATE = String.raw`(?:M\d{1,2}\.\d\.\d|J?\d{1,3})(?:/${HOURS})?`;
const RULE = new RegExp(`^${NAME}(${HOURS})(?:${NAME}(${HOURS})?(?:,(${DATE}),(${DATE}))?)?$`);
const DST = new RegExp(`^${NAME}${HOURS}${NAME}`);
const TWO_O_CLOCK = 2 * 3600;

/** @param text such as `CET-1CEST,M3.5.0,M10.5.0/3`. @returns undefined for an invalid rule. */
export function readPosixRule(text: string): ZoneRules | undefined {
  const found = text.length <= 100 ? RULE.exec(text) : null;
  if (!found) return undefined;
  const [, standardText = '', daylightText, startText, endText] = found;
  const standard = 0 - secondsOf(standardText);
  if (!DST.test(text)) return yearly(standard, undefined);
  const start = startText === undefined ? undefined : changeOf(startText);
  const end = endText === undefined ? undefined : changeOf(endText);
  // Without dates, POSIX leaves the rule to the system.
  if (!start || !end) return undefined;
  const offset = daylightText === undefined ? standard + 3600 : 0 - secondsOf(daylightText);
  return yearly(standard, { offset, start, end });
}

function secondsOf(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  const total = hours * 3600 + minutes * 60 + seconds;
  return text.startsWith('-') ? -total : total;
}

function changeOf(text: string): Change | undefined {
  const [date = '', time] = text.split('/');
  const day = dayOf(date);
  return day && { day, time: time === undefined ? TWO_O_CLOCK : secondsOf(time) };
}

function dayOf(date: string): Change['day'] | undefined {
  if (date.startsWith('M')) {
    const [month = 0, week = 0, weekdayWanted = 0] = date.slice(1).split('.').map(Number);
    if (month < 1 || month > 12 || week < 1 || week > 5 || weekdayWanted > 6) return undefined;
    return (year) => nthWeekday(year, month, week, weekdayWanted);
  }
  const day = Number(date.replace('J', ''));
  if (day > 365 || (date.startsWith('J') && day === 0)) return undefined;
  // J1 to J365 never count February 29; without J, days are counted from 0.
  if (!date.startsWith('J')) return (year) => dayNumber(year, 1, 1) + day;
  return (year) => dayNumber(year, 1, 1) + day - 1 + (isLeapYear(year) && day > 59 ? 1 : 0);
}

/** @param week 1 to 4, or 5 for the last one of the month. @param wanted 0 is Sunday. */
export function nthWeekday(year: number, month: number, week: number, wanted: number): number {
  const first = dayNumber(year, month, 1);
  const next = month === 12 ? dayNumber(year + 1, 1, 1) : dayNumber(year, month + 1, 1);
  let day = first + ((wanted - weekday(first) + 7) % 7) + (week - 1) * 7;
  while (day >= next) day -= 7;
  return day;
}

function yearly(standard: number, daylight: Daylight | undefined): ZoneRules {
  if (!daylight) return { offsetAt: () => standard, transitions: () => [] };
  const between = (fromYear: number, toYear: number): Transition[] => changesOf(standard, daylight, fromYear, toYear);
  let keptYear = NaN;
  let kept: Transition[] = [];
  return {
    offsetAt(instant) {
      const year = yearOfSecond(instant);
      if (year !== keptYear) [keptYear, kept] = [year, between(year - 1, year + 1)];
      return kept.findLast((change) => change.instant <= instant)?.after ?? standard;
    },
    transitions: (from, to) =>
      between(yearOfSecond(from) - 1, yearOfSecond(to) + 1).filter(({ instant }) => instant > from && instant <= to),
  };
}

function changesOf(standard: number, { offset, start, end }: Daylight, fromYear: number, toYear: number): Transition[] {
  const changes: { instant: number; after: number }[] = [];
  for (let year = fromYear; year <= toYear; year += 1) {
    changes.push({ instant: end.day(year) * DAY_SECONDS + end.time - offset, after: standard });
    changes.push({ instant: start.day(year) * DAY_SECONDS + start.time - standard, after: offset });
  }
  // If daylight time ends at the instant at which it starts again, it never ends, so the start sorts last.
  changes.sort(
    (one, other) => one.instant - other.instant || Number(one.after === offset) - Number(other.after === offset),
  );
  const found: Transition[] = [];
  let before = changes[0]?.after === offset ? standard : offset;
  for (const [index, { instant, after }] of changes.entries()) {
    if (instant === changes[index + 1]?.instant || after === before) continue;
    found.push({ instant, before, after });
    before = after;
  }
  return found;
}
