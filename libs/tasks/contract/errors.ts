// The stable error codes of this module, beyond those that every module shares.

export const TASKS_ERROR_CODES = {
  list_not_found: 404,
  task_not_found: 404,
  tag_not_found: 404,
  /** A list with title_policy `unique` already holds a task of that title; details name the title and the other task. */
  duplicate_task: 409,
  /** The new name of a tag is in use: merge instead. */
  duplicate_tag: 409,
  /** A list that still has tasks is deleted only with `tasks=delete` or `tasks=move`. */
  list_not_empty: 409,
  inbox_not_deletable: 409,
  /** A task that is over is not reopened once the occurrence that follows it has been worked on. */
  successor_touched: 409,
  /** A task cannot be a subtask of itself or of one of its own subtasks. */
  parent_cycle: 422,
  subtasks_too_deep: 422,
  unknown_status: 422,
  empty_update: 422,
  /** A combination of filters and order that passed the time limit: the same question will not do better, a narrower one will. */
  query_too_expensive: 422,
} as const;
