// The lead time of reminders: ISO 8601 in the API, whole minutes in the database.
import { Temporal } from 'temporal-polyfill';

export const DEFAULT_LEAD_MINUTES = 24 * 60;
const MAX_LEAD_MINUTES = 30 * 24 * 60;

/** @returns undefined unless it is a duration of whole minutes from one minute to 30 days. A day has 24 hours. */
export function leadMinutesOf(text: unknown): number | undefined {
  if (typeof text !== 'string' || text.length > 64) return undefined;
  try {
    const duration = Temporal.Duration.from(text);
    // The length of months and years varies.
    if (duration.years !== 0 || duration.months !== 0) return undefined;
    const { weeks } = duration;
    const minutes = weeks * 7 * 24 * 60 + duration.with({ weeks: 0 }).total('minutes');
    return Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_LEAD_MINUTES ? minutes : undefined;
  } catch {
    return undefined;
  }
}

/** `PT24H`, `PT1H30M`. */
export function leadText(minutes: number): string {
  return Temporal.Duration.from({ minutes }).round({ largestUnit: 'hours' }).toString();
}
