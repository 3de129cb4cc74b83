// The Gregorian calendar in whole numbers: a day is the count of days since 1970-01-01, a weekday 0 (Monday) to 6.
// The conversions are those of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
import { DAY_SECONDS, dayNumber as dayOf, isLeapYear as isLeap } from '@mono/contract/zones';

export { DAY_SECONDS, dayOf, isLeap };

export interface CivilDate {
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
}

export function dateOf(day: number): CivilDate {
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

export function yearOf(day: number): number {
  return dateOf(day).year;
}

/** 0 is Monday. */
export function weekdayOf(day: number): number {
  return modulo(day + 3, 7);
}

export function yearLength(year: number): number {
  return isLeap(year) ? 366 : 365;
}

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function monthLength(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : (MONTH_LENGTHS[month - 1] ?? 0);
}

/** Never negative, unlike `%`. */
export function modulo(value: number, by: number): number {
  const rest = value % by;
  return rest < 0 ? rest + by : rest;
}

/** Rules live in the years 0001 to 9999. */
export const FIRST_DAY = dayOf(1, 1, 1);
export const LAST_DAY = dayOf(9999, 12, 31);
