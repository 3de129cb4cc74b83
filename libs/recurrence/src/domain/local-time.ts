// Local times as whole seconds since 1970-01-01T00:00:00 on the wall's own clock, and their texts.
import { DAY_SECONDS, dateOf, dayOf, modulo, monthLength } from './civil-calendar.js';

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/** A moment as a client writes it: on the wall's clock, or an instant. Both in seconds since 1970-01-01T00:00:00. */
export interface Moment {
  seconds: number;
  isInstant: boolean;
  /** Written as a date without a time. */
  isDate: boolean;
}

/** @returns undefined for what is no date, no local time `2026-01-31T09:00:00` (seconds may be left out) and no instant `…Z`. */
export function readMoment(text: unknown): Moment | undefined {
  if (typeof text !== 'string') return undefined;
  const isInstant = text.endsWith('Z');
  const found = LOCAL.exec(isInstant ? text.slice(0, -1) : text);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  const isDate = found[4] === undefined;
  const seconds = secondsOf(year, month, day, hour, minute, second);
  return seconds === undefined || (isDate && isInstant) ? undefined : { seconds, isInstant, isDate };
}

/** @returns undefined where the date or time of day does not exist in any calendar or on any clock. */
export function secondsOf(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > monthLength(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return dayOf(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second;
}

const TIME = /^(\d{2}):(\d{2})(?::(\d{2}))?$/;

/** `HH:MM` or `HH:MM:SS` in seconds of the day. */
export function readTimeOfDay(text: unknown): number | undefined {
  const found = typeof text === 'string' ? TIME.exec(text) : null;
  if (!found) return undefined;
  const [hour = 0, minute = 0, second = 0] = found.slice(1).map((part) => Number(part ?? 0));
  return hour > 23 || minute > 59 || second > 59 ? undefined : hour * 3600 + minute * 60 + second;
}

export function dayOfLocal(seconds: number): number {
  return Math.floor(seconds / DAY_SECONDS);
}

const twoDigits = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

export function formatDay(day: number): string {
  const { year, month, day: dayOfMonth } = dateOf(day);
  return `${String(year).padStart(4, '0')}-${twoDigits[month]}-${twoDigits[dayOfMonth]}`;
}

/** `THH:MM:SS`. */
export function formatTimeOfDay(seconds: number): string {
  return `T${twoDigits[Math.floor(seconds / 3600)]}:${twoDigits[Math.floor(seconds / 60) % 60]}:${twoDigits[seconds % 60]}`;
}

/** `2026-01-31T09:00:00`. */
export function formatLocal(seconds: number): string {
  return formatDay(dayOfLocal(seconds)) + formatTimeOfDay(modulo(seconds, DAY_SECONDS));
}
