// What clocks show in a zone, in Temporal's plain types. Temporal's own zoned types know ICU's zone data alone, which may be
// older than the data that this process uses. Instants in milliseconds since 1970.
import { Temporal } from 'temporal-polyfill';
import { DAY_SECONDS, dayNumber } from './civil-days.js';
import { Zone } from './zone.js';

/** @throws RangeError: no such zone; so do the others. */
export function wallTimeAt(zone: string, instantMs: number): Temporal.PlainDateTime {
  const localMs = instantMs + Zone.of(zone).offsetAt(instantMs / 1000) * 1000;
  return Temporal.Instant.fromEpochMilliseconds(localMs).toZonedDateTimeISO('UTC').toPlainDateTime();
}

/** After a gap by the offset before it, in an overlap the first of the two. */
export function instantOfWallTime(zone: string, local: Temporal.PlainDateTime): number {
  const localMs = local.toZonedDateTime('UTC').epochMilliseconds;
  const seconds = Math.floor(localMs / 1000);
  return Zone.of(zone).instantAt(seconds) * 1000 + localMs - seconds * 1000;
}

/** The first instant of a day; where midnight is left out, the end of that gap. */
export function startOfDayIn(zone: string, { year, month, day }: Temporal.PlainDate): number {
  return Zone.of(zone).startOfDay(dayNumber(year, month, day)) * 1000;
}

/** `+02:00`, with seconds where there are any. */
export function offsetTextAt(zone: string, instantMs: number): string {
  const offset = Zone.of(zone).offsetAt(instantMs / 1000);
  const time = new Date((Math.abs(offset) % DAY_SECONDS) * 1000).toISOString().slice(11, 19);
  return (offset < 0 ? '-' : '+') + time.replace(/:00$/, '');
}
