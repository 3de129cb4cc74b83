// Times in the recipient's zone. The zone is named because a mail may be read elsewhere.
import { offsetTextAt, wallTimeAt, zoneNameOf } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';

// Written out because the formats of Intl change with its data.
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `Friday, 21 November 2025, 14:05 (Europe/Berlin, UTC+01:00)`; in UTC if the zone is unknown. */
export function timeText(instant: string, timeZone: string, { namesZone = true } = {}): string {
  const name = zoneNameOf(timeZone) ?? 'UTC';
  const atMs = Temporal.Instant.from(instant).epochMilliseconds;
  const time = wallTimeAt(name, atMs);
  const zone = name === 'UTC' ? 'UTC' : `${name}, UTC${offsetTextAt(name, atMs)}`;
  const text = `${dayText(time)}, ${time.toPlainTime().toString({ smallestUnit: 'minute' })}`;
  return namesZone ? `${text} (${zone})` : text;
}

/** `14:05` */
export function timeOfDayText(instant: string, timeZone: string): string {
  const atMs = Temporal.Instant.from(instant).epochMilliseconds;
  return wallTimeAt(zoneText(timeZone), atMs).toPlainTime().toString({ smallestUnit: 'minute' });
}

/** The zone in which timeText() is. */
export function zoneText(timeZone: string): string {
  return zoneNameOf(timeZone) ?? 'UTC';
}

/** `Friday, 21 November 2025`, for a calendar date: it has no zone. */
export function dateText(date: string): string {
  return dayText(Temporal.PlainDate.from(date));
}

function dayText({ dayOfWeek, day, month, year }: Temporal.PlainDate | Temporal.PlainDateTime): string {
  return `${DAYS[dayOfWeek - 1]}, ${day} ${MONTHS[month - 1]} ${year}`;
}
