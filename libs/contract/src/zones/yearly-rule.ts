// Finds the yearly rule of a list of changes that ends at some year.
import { DAY_SECONDS, dayNumber, weekday, yearOfSecond } from './civil-days.js';
import { nthWeekday } from './posix-rule.js';
import type { ZoneTable } from './zone-rules.js';

/** The number of years that distinguishes "the last Sunday" from "the fourth Sunday". */
const YEARS = 10;
const SHIFTS = [0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6];
const WEEKS = [5, 4, 3, 2, 1];

/**
 * @param horizon the last year of the table.
 * @returns a POSIX rule, empty if the last offset stays, undefined if the last years follow no rule.
 */
export function yearlyRuleOf(
  { first, instants, offsets }: Omit<ZoneTable, 'footer'>,
  horizon: number,
): string | undefined {
  const offsetBefore = (index: number): number => offsets[index - 1] ?? first;
  const changes = instants
    .map((instant, index) => ({
      local: instant + offsetBefore(index),
      before: offsetBefore(index),
      after: offsets[index] ?? 0,
    }))
    .filter(({ local, before, after }) => yearOfSecond(local) > horizon - YEARS && before !== after);
  const last = changes.filter(({ local }) => yearOfSecond(local) === horizon);
  if (last.length === 0) return '';
  if (last.length !== 2 || changes.length !== 2 * YEARS) return undefined;
  const [one, other] = last;
  if (!one || !other || one.before !== other.after || one.after !== other.before) return undefined;
  const dates = [0, 1].map((odd) =>
    dateOf(changes.filter((_change, index) => index % 2 === odd).map(({ local }) => local)),
  );
  const [spring, autumn] = dates;
  if (spring === undefined || autumn === undefined) return undefined;
  const isNorthern = one.after > one.before;
  const [standard, daylight] = isNorthern ? [one.before, one.after] : [other.before, other.after];
  const [start, end] = isNorthern ? [spring, autumn] : [autumn, spring];
  return `<STD>${hours(-standard)}<DST>${hours(-daylight)},${start},${end}`;
}

/** @param locals the local times of one change, year by year. */
function dateOf(locals: readonly number[]): string | undefined {
  const days = locals.map((local) => Math.floor(local / DAY_SECONDS));
  const [day = 0] = days;
  const time = (locals[0] ?? 0) - day * DAY_SECONDS;
  if (locals.some((local, index) => local - (days[index] ?? 0) * DAY_SECONDS !== time)) return undefined;
  for (const shift of SHIFTS) {
    const wanted = weekday(day - shift);
    const month = monthOf(day - shift);
    for (const week of WEEKS) {
      const fits = days.every(
        (one) => nthWeekday(yearOfSecond(one * DAY_SECONDS), month, week, wanted) + shift === one,
      );
      if (fits) return `M${month}.${week}.${wanted}/${hours(time + shift * DAY_SECONDS)}`;
    }
  }
  return undefined;
}

function monthOf(day: number): number {
  const year = yearOfSecond(day * DAY_SECONDS);
  let month = 12;
  while (dayNumber(year, month, 1) > day) month -= 1;
  return month;
}

function hours(seconds: number): string {
  const rest = Math.abs(seconds);
  const parts = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60];
  const text = parts.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
  return (seconds < 0 ? '-' : '') + text.replace(/(?::00)+$/, '');
}
