// Enumerations of templates and occurrences, and limits.

export const TEMPLATE_STATUSES = ['active', 'paused', 'ended'] as const;
export type TemplateStatus = (typeof TEMPLATE_STATUSES)[number];

/** Reasons why no further tasks of a template are planned. */
export const TEMPLATE_PROBLEMS = ['rule_too_expensive'] as const;
export type TemplateProblem = (typeof TEMPLATE_PROBLEMS)[number];

/** The next occurrence follows the rule alone, or counts from the completion of the previous one. */
export const ANCHORS = ['schedule', 'completion'] as const;
export type Anchor = (typeof ANCHORS)[number];

/** Which occurrences of its pause a resumed template creates. */
export const MISSED_POLICIES = ['catch_up', 'skip', 'latest'] as const;
export type MissedPolicy = (typeof MISSED_POLICIES)[number];

export const CHANGE_SCOPES = ['this', 'following', 'all'] as const;
export type ChangeScope = (typeof CHANGE_SCOPES)[number];

export const EXCEPTION_KINDS = ['skip', 'move', 'edit'] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

export const TEMPLATE_ORDERS = ['created_at', 'updated_at', 'title'] as const;
export type TemplateOrder = (typeof TEMPLATE_ORDERS)[number];

/**
 * `scheduled`: without a task yet. `materialised`: with a task. `done`: the task is done. `skipped`: by an exception. `dropped`:
 * the template was paused, changed or ended.
 */
export const OCCURRENCE_STATES = ['scheduled', 'materialised', 'done', 'skipped', 'dropped'] as const;
export type OccurrenceState = (typeof OCCURRENCE_STATES)[number];

/** Limit per creator and workspace. */
export const MAX_FEEDS = 100;
