// The forms of time that cross the API: instants (RFC 3339), calendar dates and ISO 8601 durations.
import { Temporal } from 'temporal-polyfill';
import { zoneNameOf } from '../zones/index.js';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;
/** As modules write it. A day or an hour that is not there would come back from Date as another. */
const CANONICAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/;
const CALENDAR_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** RFC 3339 with a zone designator, in the years 0001 to 9999. A leap second (`:60`) counts as the second before. */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !RFC_3339.test(value)) return false;
  if (CANONICAL.test(value) && isDateOf(value)) return true;
  try {
    const year = Temporal.Instant.from(value.toUpperCase()).toZonedDateTimeISO('UTC').year;
    return year >= 1 && year <= 9999;
  } catch {
    return false;
  }
}

/** Without Temporal, which costs several times as much. */
function isDateOf(canonical: string): boolean {
  const date = new Date(canonical);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1) return false;
  return canonical.startsWith(date.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length));
}

/** In the one form that the API answers. @param text as isInstant takes it; what is finer than milliseconds is cut off. */
export function normalInstant(text: string): string {
  return new Date(Temporal.Instant.from(text.toUpperCase()).epochMilliseconds).toISOString();
}

/** `YYYY-MM-DD`, a day that exists. */
export function isCalendarDate(value: unknown): value is string {
  if (typeof value !== 'string' || !CALENDAR_DATE.test(value) || value.startsWith('0000')) return false;
  try {
    Temporal.PlainDate.from(value, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}

/** ISO 8601, not negative, at most ten years long (a year counted as 366 days, a month as 31). */
export function isDuration(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 64) return false;
  try {
    const duration = Temporal.Duration.from(value);
    const days = duration.years * 366 + duration.months * 31 + duration.weeks * 7 + duration.days;
    const hours = duration.hours + duration.minutes / 60 + duration.seconds / 3600;
    return duration.sign >= 0 && days + hours / 24 <= 3660;
  } catch {
    return false;
  }
}

const MONTHS_OR_YEARS = /^[^T]*[MY]/i;

/** A duration without months and years. */
export function isFixedDuration(value: unknown): value is string {
  return isDuration(value) && !MONTHS_OR_YEARS.test(value);
}

/** An IANA zone name in any case, or UTC. Offsets such as `+01:00` are not zones. */
export function isTimeZone(value: unknown): value is string {
  return typeof value === 'string' && zoneNameOf(value) !== undefined;
}

/** In the spelling of the IANA database; what is no zone stays as it is. */
export function normalTimeZone(value: unknown): unknown {
  return typeof value === 'string' ? (zoneNameOf(value) ?? value) : value;
}

/** An instant in the one form that the API answers: UTC, milliseconds, `Z`. */
export function formatInstant(value: Date): string {
  return value.toISOString();
}
