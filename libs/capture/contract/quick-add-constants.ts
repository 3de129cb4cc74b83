// Limits and enumerations of quick add, without a framework because the domain uses them.

export const MAX_QUICK_CHARACTERS = 10_000;
export const MAX_QUICK_LINES = 100;
export const MAX_QUICK_LINE_CHARACTERS = 1_000;

export const QUICK_LANGUAGES = ['en', 'de'] as const;
export type QuickLanguage = (typeof QUICK_LANGUAGES)[number];

export const QUICK_FIELDS = [
  'list_id',
  'tags',
  'priority',
  'assignee_id',
  'estimated_duration',
  'due_at',
  'due_on',
  'starts_on',
  'template',
] as const;
export type QuickField = (typeof QUICK_FIELDS)[number];

/** Parts that stay in the title although they look like fields, and lines that cannot be created. */
export const QUICK_WARNINGS = [
  'unknown_list',
  'ambiguous_list',
  'unknown_member',
  'ambiguous_member',
  'repeated_field',
  'recurring_subtask',
  'empty_title',
  'title_too_long',
  'subtasks_too_deep',
] as const;
export type QuickWarningCode = (typeof QUICK_WARNINGS)[number];
