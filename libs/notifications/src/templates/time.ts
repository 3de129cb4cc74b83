// Times as the recipient reads them on the wall, with the zone named: a mail is often read elsewhere than it was meant for.
import { isTimeZone } from '@mono/platform';
import { Temporal } from 'temporal-polyfill';

// Written out here: what Intl puts between the words changes from one version of its data to the next.
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

/** `Friday, 21 November 2025, 14:05 (Europe/Berlin, UTC+01:00)`; in UTC where the zone is not known. */
export function timeText(instant: string, timeZone: string): string {
  const time = Temporal.Instant.from(instant).toZonedDateTimeISO(isTimeZone(timeZone) ? timeZone : 'UTC');
  const zone = time.timeZoneId === 'UTC' ? 'UTC' : `${time.timeZoneId}, UTC${time.offset}`;
  return `${dayText(time)}, ${time.toPlainTime().toString({ smallestUnit: 'minute' })} (${zone})`;
}

/** `Friday, 21 November 2025`, for a calendar date: it has no zone. */
export function dateText(date: string): string {
  return dayText(Temporal.PlainDate.from(date));
}

function dayText({ dayOfWeek, day, month, year }: Temporal.PlainDate | Temporal.ZonedDateTime): string {
  return `${DAYS[dayOfWeek - 1]}, ${day} ${MONTHS[month - 1]} ${year}`;
}
