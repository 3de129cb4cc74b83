// The closed vocabularies of lists and tasks.

export const TASK_STATUSES = ['todo', 'in_progress', 'blocked', 'done', 'archived', 'cancelled'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

/** Hidden from collections unless named in `status`. */
export const HIDDEN_STATUSES = ['archived', 'cancelled'] as const satisfies readonly TaskStatus[];

/** Neither finished nor put away: what a list counts as open. */
export const OPEN_STATUSES = ['todo', 'in_progress', 'blocked'] as const satisfies readonly TaskStatus[];

/** From the least to the most pressing: their order is their meaning. */
export const TASK_PRIORITIES = ['low', 'medium', 'high', 'urgent'] as const;
export type TaskPriority = (typeof TASK_PRIORITIES)[number];

/** `unique`: no two tasks of the list share a title (occurrences of templates are exempt). */
export const TITLE_POLICIES = ['any', 'unique'] as const;
export type TitlePolicy = (typeof TITLE_POLICIES)[number];

/** Open subtasks of a task that is moved to `done`: left as they are, completed with it, or a reason to refuse. */
export const ON_COMPLETE_WITH_SUBTASKS = ['leave', 'complete', 'refuse'] as const;
export type OnCompleteWithSubtasks = (typeof ON_COMPLETE_WITH_SUBTASKS)[number];

export const TASK_ORDERS = [
  'position',
  'due_at',
  'priority',
  'created_at',
  'updated_at',
  'completed_at',
  'title',
] as const;
export type TaskOrder = (typeof TASK_ORDERS)[number];

/** How a list or a saved filter is shown. */
export const VIEWS = ['list', 'board', 'calendar', 'table'] as const;
export type View = (typeof VIEWS)[number];

export const LIST_ORDERS = ['position', 'created_at', 'updated_at', 'title'] as const;
export type ListOrder = (typeof LIST_ORDERS)[number];

/** As seen from a task: `blocked_by` and `duplicated_by` are `blocks` and `duplicates` of the other one. */
export const RELATION_KINDS = ['blocks', 'blocked_by', 'relates_to', 'duplicates', 'duplicated_by'] as const;
export type RelationKind = (typeof RELATION_KINDS)[number];

/** `due`: those due until the end of today. `next`: also the next one of each series. */
export const OCCURRENCES_SHOWN = ['next', 'due', 'all'] as const;
export type OccurrencesShown = (typeof OCCURRENCES_SHOWN)[number];

export const MAX_TITLE_CHARACTERS = 255;
export const MAX_DESCRIPTION_BYTES = 64 * 1024;
export const MAX_TAGS = 25;
export const MAX_TAG_CHARACTERS = 64;
export const MAX_SUBTASK_DEPTH = 5;
/** Subtasks of one template. */
export const MAX_TEMPLATE_SUBTASKS = 50;
export const MAX_SUBTASK_KEY_CHARACTERS = 64;
/** At all levels. */
export const MAX_DUPLICATED_SUBTASKS = 500;
/** At all levels. */
export const MAX_COMPLETED_SUBTASKS = 500;
/** Per task, in both directions. */
export const MAX_RELATIONS = 100;
export const MAX_BATCH_OPERATIONS = 500;
/** Tasks of one bulk change, with subtasks that go along. */
export const MAX_BULK_TASKS = 1_000;
export const DEFAULT_BULK_TASKS = 100;
export const MAX_LISTS_OF_QUERY = 100;
export const MAX_FILTER_CHARACTERS = 2_000;
