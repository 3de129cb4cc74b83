// The time that a report covers, between two instants, and the zone in which its days begin.
import { InvalidInputError } from '@mono/contract/errors';
import { instantOfMoment, instantOfWallTime, wallTimeAt } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';

const MAX_YEARS = 10;

export interface Window {
  /** Milliseconds since 1970, included. */
  from: number;
  /** Milliseconds since 1970, not included. */
  to: number;
  zone: string;
}

/**
 * @param asked dates, which stand for the beginning of that day in the zone, or instants (RFC 3339).
 * @throws InvalidInputError on `to` where it is not after `from`, or more than ten years after it.
 */
export function windowOf(asked: { from: string; to: string }, zone: string): Window {
  const from = momentOf(asked.from, zone);
  const to = momentOf(asked.to, zone);
  if (to <= from) throw fault('must be after from');
  if (to > latestEnd(from, zone)) throw fault(`must be at most ${MAX_YEARS} years after from`);
  return { from, to, zone };
}

function momentOf(text: string, zone: string): number {
  return Temporal.Instant.from(instantOfMoment(zone, text)).epochMilliseconds;
}

function latestEnd(from: number, zone: string): number {
  return instantOfWallTime(zone, wallTimeAt(zone, from).add({ years: MAX_YEARS }));
}

function fault(issue: string): InvalidInputError {
  return new InvalidInputError([{ field: 'to', code: 'out_of_range', issue }]);
}
