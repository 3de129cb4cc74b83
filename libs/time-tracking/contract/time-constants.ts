// The closed vocabularies of time tracking.

/** What becomes of an entry that overlaps another one of the same person. */
export const OVERLAP_POLICIES = ['allow', 'warn', 'refuse'] as const;
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

export const ROUNDING_MODES = ['nearest', 'up', 'down'] as const;
export type RoundingMode = (typeof ROUNDING_MODES)[number];

export const ENTRY_SOURCES = ['manual', 'timer'] as const;
export type EntrySource = (typeof ENTRY_SOURCES)[number];

export const ENTRY_ORDERS = ['started_at'] as const;
export type EntryOrder = (typeof ENTRY_ORDERS)[number];

/** By what a report may be grouped. */
export const GROUPS = [
  'day',
  'week',
  'month',
  'task',
  'list',
  'tag',
  'assignee',
  'template',
  'status',
  'person',
] as const;
export type Group = (typeof GROUPS)[number];
export const MAX_GROUPS = 3;

/** On which day weeks begin, and how they are named: `iso` as 2026-W47, from Monday; the others by the date of their first day. */
export const WEEKS = ['iso', 'monday', 'sunday', 'saturday'] as const;
export type Week = (typeof WEEKS)[number];

export const MAX_NOTE_CHARACTERS = 2_000;
export const MAX_ENTRY_DAYS = 31;
/** Clocks differ: an entry may end so far ahead of the server's. */
export const CLOCK_TOLERANCE_MS = 5 * 60 * 1_000;
