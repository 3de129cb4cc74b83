// Years are of the same type if they, and the years beside them, have the same lengths and start on the same weekday. Results are
// computed once per type; there are at most 28.
import { dayOf, isLeap, weekdayOf } from './civil-calendar.js';

/** @param find what depends on nothing but the look of the year and of those beside it. */
export function byYearType<Found>(find: (year: number) => Found): (year: number) => Found {
  const known = new Map<number, Found>();
  return (year) => {
    const leaps = Number(isLeap(year - 1)) * 4 + Number(isLeap(year)) * 2 + Number(isLeap(year + 1));
    const type = leaps * 7 + weekdayOf(dayOf(year, 1, 1));
    let found = known.get(type);
    if (found === undefined) known.set(type, (found = find(year)));
    return found;
  };
}
