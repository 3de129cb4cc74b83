// A day, a time of day, or both, found in the text.
import type { Day, Time } from './recurrence.js';
import type { Range } from './span.js';

export interface Moment extends Range {
  day?: Day;
  time?: Time;
  /** Minutes from now, where the text says so: `in 2 hours`. */
  elapsed?: number;
  /** RFC 3339, of a moment with an offset of its own. */
  instant?: string;
  /** A month without a day; `day` is its first. */
  isMonth?: boolean;
  /** The day of the week alone. */
  isWeekday?: boolean;
  /** The end of a range such as `1 May - 5 May`. */
  last?: { day: Day } | { time: Time };
}
