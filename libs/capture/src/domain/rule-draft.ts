// The recurrence rule of a new template, as the API of recurrence takes it; only the fields that phrases can express.

/** In the order of ISO 8601. */
export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export interface RuleDraft {
  /** A day, or a local time. */
  dtstart: string;
  timezone: string;
  pattern?: 'daily' | 'weekly' | 'weekdays' | 'monthly' | 'quarterly' | 'yearly' | 'interval';
  every?: number;
  days_of_week?: Weekday[];
  day_of_month?: number | 'last';
  /** ISO 8601. */
  interval?: string;
  rrule?: string;
  /** A day, inclusive. */
  until?: string;
  count?: number;
}
