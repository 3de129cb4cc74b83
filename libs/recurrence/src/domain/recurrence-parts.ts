// The parts of a recurrence rule (RFC 5545, 3.3.10) as numbers. Lists are sorted, without duplicates.

/** From coarse to fine. */
export const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

export interface NthWeekday {
  /** 0 is Monday. */
  weekday: number;
  /** 0: each of them. -1: the last of the month or year. */
  nth: number;
}

/** The last moment of a rule, inclusive, in seconds since 1970: of the wall's clock, or an instant. */
export interface Until {
  seconds: number;
  isInstant: boolean;
}

export interface RecurrenceParts {
  frequency: Frequency;
  interval: number;
  /** The day with which a week begins; 0 is Monday. */
  weekStart: number;
  byMonth?: number[];
  byWeekNo?: number[];
  byYearDay?: number[];
  byMonthDay?: number[];
  byDay?: NthWeekday[];
  byHour?: number[];
  byMinute?: number[];
  bySecond?: number[];
  bySetPos?: number[];
  count?: number;
  until?: Until;
  /** A day of `byMonthDay` beyond the month's end is its last day, instead of none. */
  clampsMonthDays?: boolean;
}
