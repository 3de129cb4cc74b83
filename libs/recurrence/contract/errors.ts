// The stable error codes of this module, beyond those that every module shares.

export const RECURRENCE_ERROR_CODES = {
  template_not_found: 404,
  /** The rule has no such occurrence. */
  occurrence_not_found: 404,
  exception_not_found: 404,
  list_not_found: 404,
  feed_not_found: 404,
  too_many_feeds: 409,
  secret_already_shown: 409,
  /** Ended templates are as they are. */
  template_ended: 409,
  template_not_paused: 409,
  /** What has started is not changed any more; its task can be. */
  occurrence_past: 409,
  /** Its task is done, cancelled or archived. */
  occurrence_closed: 409,
  /** It is skipped: undo that first. */
  occurrence_skipped: 409,
  /** The occurrence that has followed it has been worked on. */
  successor_touched: 409,
  empty_update: 422,
  /** The rule takes more steps to expand than are allowed; the details name what to narrow. */
  rule_too_expensive: 422,
} as const;
