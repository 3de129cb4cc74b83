// When days begin in a zone: as Temporal says, which is where the clocks show the first moment of the day. Asking Temporal for
// each day of ten years would hold up everybody else; it is asked near changes of the clocks only.
import { Temporal } from 'temporal-polyfill';

export const DAY_MS = 24 * 60 * 60 * 1_000;
/** No clock is set by more than a day and an hour or two: an instant this far from any change is the only one with its local time. */
const CHANGE_MS = 2 * DAY_MS;

/** Days are counted from 1970-01-01. */
export type DayStarts = (day: number) => number;

interface Stretch {
  from: number;
  to: number;
  /** Milliseconds that clocks are ahead of UTC. */
  offset: number;
}

/** For the days between two instants in particular; right for all. Everything in milliseconds since 1970. */
export function dayStartsIn(zone: string, from: number, to: number): DayStarts {
  const stretches = stretchesBetween(zone, from, to);
  return (day) => {
    const local = day * DAY_MS;
    const calm = stretches.find(({ from, to, offset }) => local - offset >= from && local - offset < to);
    return calm ? local - calm.offset : dayStart(zone, day);
  };
}

/** The day whose date the clocks show. */
export function localDay(zone: string, instant: number): number {
  return Math.floor((instant + offsetAt(zone, instant)) / DAY_MS);
}

function dayStart(zone: string, day: number): number {
  const date = Temporal.Instant.fromEpochMilliseconds(day * DAY_MS)
    .toZonedDateTimeISO('UTC')
    .toPlainDate();
  return date.toZonedDateTime(zone).epochMilliseconds;
}

function offsetAt(zone: string, instant: number): number {
  const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
  return offsetNanoseconds / 1_000_000;
}

/** Between the changes of the clocks, and far enough from them. */
function stretchesBetween(zone: string, first: number, last: number): Stretch[] {
  const stretches: Stretch[] = [];
  const end = last + CHANGE_MS;
  let from = first - CHANGE_MS;
  while (from < end) {
    const at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
    const change = at.getTimeZoneTransition('next')?.epochMilliseconds ?? end;
    const to = Math.min(change, end);
    stretches.push({ from: from + CHANGE_MS, to: to - CHANGE_MS, offset: at.offsetNanoseconds / 1_000_000 });
    from = to;
  }
  return stretches;
}
