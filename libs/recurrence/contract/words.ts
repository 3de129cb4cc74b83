// The closed vocabularies of recurrence.

/** What becomes of a template's work: `ended` is for good. */
export const TEMPLATE_STATUSES = ['active', 'paused', 'ended'] as const;
export type TemplateStatus = (typeof TEMPLATE_STATUSES)[number];

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
