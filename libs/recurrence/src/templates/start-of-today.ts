import { startOfDayIn, wallTimeAt } from '@mono/contract/zones';

/** What was to happen earlier today is still made; what is older is history. RFC 3339, UTC. */
export function startOfToday(zone: string, now = new Date()): string {
  const today = wallTimeAt(zone, now.getTime()).toPlainDate();
  return new Date(startOfDayIn(zone, today)).toISOString();
}
