// The weekdays that a text names in one language.
import { WEEKDAYS, type Weekday } from './rule-draft.js';

export interface WeekdayWords {
  /** Patterns of the names, from Monday. */
  names: readonly string[];
  /** Between two names. */
  separator: RegExp;
  /** Between the first and the last of a range. */
  range: RegExp;
}

export interface WeekdayReader {
  weekdayOf: (text: string) => Weekday | undefined;
  /** In the order of the week; `Friday to Monday` goes over its end. */
  weekdaysOf: (text: string) => Weekday[];
}

export function weekdayReader({ names, separator, range }: WeekdayWords): WeekdayReader {
  const patterns = names.map((name) => new RegExp(`^(?:${name})s?$`, 'i'));
  const weekdayOf = (text: string): Weekday | undefined =>
    WEEKDAYS[patterns.findIndex((pattern) => pattern.test(text))];
  const weekdaysOf = (text: string): Weekday[] => {
    const named = text.split(separator).flatMap((word) => weekdayOf(word) ?? []);
    const [first, last] = named.map((name) => WEEKDAYS.indexOf(name));
    if (range.test(text) && first !== undefined && last !== undefined)
      return WEEKDAYS.filter((_name, index) =>
        first <= last ? index >= first && index <= last : index >= first || index <= last,
      );
    return WEEKDAYS.filter((name) => named.includes(name));
  };
  return { weekdayOf, weekdaysOf };
}
