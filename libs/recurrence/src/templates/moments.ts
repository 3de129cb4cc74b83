// The moments that a client names for later: an instant, or a date, which begins in the zone of the template.
import { isInstant, normalInstant } from '@mono/contract';
import { InvalidInputError } from '@mono/contract/errors';
import { startOfDayIn } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';

/** @returns RFC 3339, UTC. */
export function momentOf(text: string, zone: string): string {
  if (isInstant(text)) return new Date(normalInstant(text)).toISOString();
  return new Date(startOfDayIn(zone, Temporal.PlainDate.from(text))).toISOString();
}

export function isFuture(text: string, zone: string): boolean {
  return Date.parse(momentOf(text, zone)) > Date.now();
}

/** @throws InvalidInputError */
export function futureMoment(field: string, text: string, zone: string): string {
  if (!isFuture(text, zone))
    throw new InvalidInputError([{ field, code: 'out_of_range', issue: 'must be in the future' }]);
  return momentOf(text, zone);
}
