// What the zone database that comes with Node says of one zone: its offset at an instant. The process's own zone plays no part.

const OFFSET = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

/** @returns the offset from UTC in seconds (east is positive) at an instant in seconds since 1970. @throws RangeError: no such zone */
export function offsetReader(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset', year: 'numeric' });
  return (instant) => {
    const [, sign, hours = 0, minutes = 0, seconds = 0] = OFFSET.exec(format.format(instant * 1000)) ?? [];
    const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return sign === '-' ? -offset : offset;
  };
}

export interface Transition {
  /** Seconds since 1970. */
  instant: number;
  before: number;
  after: number;
}

/** No zone is known to have changed its offset and changed it back within this time. */
const STEP_SECONDS = 86_400;

/** Every change of offset in `(from, to]`, in order. */
export function findTransitions(offsetAt: (instant: number) => number, from: number, to: number): Transition[] {
  const found: Transition[] = [];
  let before = offsetAt(from);
  for (let low = from; low < to; low += STEP_SECONDS) {
    const high = Math.min(low + STEP_SECONDS, to);
    const after = offsetAt(high);
    if (after === before) continue;
    found.push({ instant: firstInstantWith(after, offsetAt, low, high), before, after });
    before = after;
  }
  return found;
}

function firstInstantWith(offset: number, offsetAt: (instant: number) => number, low: number, high: number): number {
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}
