// When days begin in a zone: where the clocks show the first moment of the day.
import { Zone } from '@mono/contract/zones';

export const DAY_MS = 24 * 60 * 60 * 1_000;

/** Days are counted from 1970-01-01. Everything in milliseconds since then. */
export function dayStart(zone: string, day: number): number {
  return Zone.of(zone).startOfDay(day) * 1_000;
}

/** The day whose date the clocks show. */
export function localDay(zone: string, instant: number): number {
  return Math.floor((instant + Zone.of(zone).offsetAt(instant / 1_000) * 1_000) / DAY_MS);
}
