// The stable error codes of this module, beyond those that every module shares.

export const TIME_TRACKING_ERROR_CODES = {
  task_not_found: 404,
  entry_not_found: 404,
  /** Whose time it is said to be: nobody of the workspace. */
  member_not_found: 404,
  /** The caller's timer runs already: stop or switch it. */
  timer_running: 409,
  timer_not_running: 409,
  /** The workspace refuses entries of one person that overlap. */
  entries_overlap: 409,
  /** It lies, or would lie, in the time that is closed. */
  period_locked: 409,
  empty_update: 422,
  /** A report of so much that it takes too long: narrow it. */
  query_too_expensive: 422,
} as const;
