// Wall times of a zone as plain types of Temporal. Its zoned types use the zone data of ICU, which may be older than that of
// this process. Instants are in milliseconds since 1970.
import { Temporal } from 'temporal-polyfill';
import { DAY_SECONDS, dayNumber } from './civil-days.js';
import { Zone } from './zone.js';

/** @throws RangeError for an unknown zone, like the functions below. */
export function wallTimeAt(zone: string, instantMs: number): Temporal.PlainDateTime {
  const localMs = instantMs + Zone.of(zone).offsetAt(instantMs / 1000) * 1000;
  return Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC').toPlainDateTime();
}

/** In a gap, uses the offset before it; in an overlap, returns the first instant. */
export function instantOfWallTime(zone: string, local: Temporal.PlainDateTime): number {
  const localMs = local.toZonedDateTime('UTC').epochMilliseconds;
  const seconds = Math.floor(localMs / 1000);
  return Zone.of(zone).instantAt(seconds) * 1000 + localMs - seconds * 1000;
}

/** The first instant of a day. If midnight is in a gap, the end of the gap. */
export function startOfDayIn(zone: string, { year, month, day }: Temporal.PlainDate): number {
  return Zone.of(zone).startOfDay(dayNumber(year, month, day)) * 1000;
}

const CALENDAR_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The instant of a moment, RFC 3339 in capitals: a date is the beginning of that day. @param text a calendar date or an RFC 3339 instant. */
export function instantOfMoment(zone: string, text: string): string {
  if (!CALENDAR_DATE.test(text)) return text.toUpperCase();
  return new Date(startOfDayIn(zone, Temporal.PlainDate.from(text))).toISOString();
}

/** The input, with each of these moments as an instant. */
export function withInstants<Input extends object>(
  input: Input,
  fields: readonly (keyof Input)[],
  zone: string,
): Input {
  const moments = fields.flatMap((field) => {
    const value = input[field];
    return typeof value === 'string' ? [[field, instantOfMoment(zone, value)]] : [];
  });
  return Object.assign({}, input, Object.fromEntries(moments));
}

/** `+02:00`, with seconds unless they are zero. */
export function offsetTextAt(zone: string, instantMs: number): string {
  const offset = Zone.of(zone).offsetAt(instantMs / 1000);
  const time = new Date((Math.abs(offset) % DAY_SECONDS) * 1000).toISOString().slice(11, 19);
  return (offset < 0 ? '-' : '+') + time.replace(/:00$/, '');
}
