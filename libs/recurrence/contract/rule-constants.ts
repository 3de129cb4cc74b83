// Enumerations and limits of a recurrence rule, without a framework because the domain uses them.

/** All but `interval`, which is elapsed time, are short for rules of RFC 5545. */
export const PATTERNS = [
  'daily',
  'weekly',
  'biweekly',
  'monthly',
  'quarterly',
  'yearly',
  'weekdays',
  'interval',
] as const;
export type Pattern = (typeof PATTERNS)[number];

/** The 31st in a shorter month is its last day, or left out. */
export const MONTH_ENDS = ['clamp', 'skip'] as const;
export type MonthEnd = (typeof MONTH_ENDS)[number];

/** A local time that a change of the clocks skips is later by the gap, or left out. */
export const DST_GAPS = ['shift', 'skip'] as const;
export type DstGap = (typeof DST_GAPS)[number];

/** In the order of ISO 8601, named as RFC 5545 does. */
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Adjustments of a start to the calendar. */
export const OCCURRENCE_NOTES = ['dst_gap', 'dst_overlap', 'month_end'] as const;
export type OccurrenceNote = (typeof OCCURRENCE_NOTES)[number];

/** The most dates that a rule may add (`rdate`), and the most that it may leave out (`exdate`). */
export const MAX_RULE_DATES = 1_000;
export const MAX_RRULE_CHARACTERS = 4_096;
/** The most occurrences that a rule may ask for by `count`. */
export const MAX_RULE_COUNT = 1_000_000;
/** The most periods between two occurrences, such as weeks with `weekly`. */
export const MAX_EVERY = 10_000;
