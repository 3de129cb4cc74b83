// The closed vocabularies of recurrence.

/** What becomes of a template's work: `ended` is for good. */
export const TEMPLATE_STATUSES = ['active', 'paused', 'ended'] as const;
export type TemplateStatus = (typeof TEMPLATE_STATUSES)[number];

/** Why no further tasks of a template are planned. */
export const TEMPLATE_PROBLEMS = ['rule_too_expensive'] as const;
export type TemplateProblem = (typeof TEMPLATE_PROBLEMS)[number];

/** From where the next occurrence counts: the rule alone, or the completion of the one before. */
export const ANCHORS = ['schedule', 'completion'] as const;
export type Anchor = (typeof ANCHORS)[number];

/** What a template that goes on does about the occurrences of its pause. */
export const MISSED_POLICIES = ['catch_up', 'skip', 'latest'] as const;
export type MissedPolicy = (typeof MISSED_POLICIES)[number];

/** Which occurrences a change is about. */
export const CHANGE_SCOPES = ['this', 'following', 'all'] as const;
export type ChangeScope = (typeof CHANGE_SCOPES)[number];

/** What makes an occurrence an exception. */
export const EXCEPTION_KINDS = ['skip', 'move', 'edit'] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

export const TEMPLATE_ORDERS = ['created_at', 'updated_at', 'title'] as const;
export type TemplateOrder = (typeof TEMPLATE_ORDERS)[number];

/**
 * Where an occurrence stands. `scheduled`: no task yet. `materialised`: its task is there. `done`: its task is. `skipped`:
 * by an exception. `dropped`: the template was paused, changed or ended.
 */
export const OCCURRENCE_STATES = ['scheduled', 'materialised', 'done', 'skipped', 'dropped'] as const;
export type OccurrenceState = (typeof OCCURRENCE_STATES)[number];

/** Limit per creator and workspace. */
export const MAX_FEEDS = 100;
