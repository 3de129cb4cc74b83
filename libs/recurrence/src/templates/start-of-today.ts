import { Temporal } from 'temporal-polyfill';

/** What was to happen earlier today is still made; what is older is history. RFC 3339, UTC. */
export function startOfToday(zone: string, now = new Date()): string {
  const today = Temporal.Instant.from(now.toISOString()).toZonedDateTimeISO(zone).startOfDay();
  return new Date(today.epochMilliseconds).toISOString();
}
