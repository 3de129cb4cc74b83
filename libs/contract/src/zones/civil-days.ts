// Days of the Gregorian calendar as whole numbers, counted from 1970-01-01. The conversions are those of Howard Hinnant,
// "chrono-Compatible Low-Level Date Algorithms".

export const DAY_SECONDS = 86_400;

export function dayNumber(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The year that holds a second, of local time or of UTC. */
export function yearOfSecond(second: number): number {
  const day = Math.floor(second / DAY_SECONDS);
  const guess = 1970 + Math.floor(day / 365.2425);
  for (let year = guess - 1; ; year += 1) if (day < dayNumber(year + 1, 1, 1)) return year;
}

/** 0 is Sunday. */
export function weekday(day: number): number {
  const rest = (day + 4) % 7;
  return rest < 0 ? rest + 7 : rest;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
