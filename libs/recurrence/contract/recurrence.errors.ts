// The errors of this module, beyond those that every module shares.
import { defineErrors, faultyFields, notFound } from '@mono/contract/errors';
import { MAX_FEEDS } from './template-constants.js';

export const recurrenceErrors = defineErrors({
  template_not_found: notFound('template'),
  /** The rule has no such occurrence. */
  occurrence_not_found: notFound('occurrence'),
  exception_not_found: notFound('exception'),
  list_not_found: notFound('list'),
  feed_not_found: notFound('feed'),
  too_many_feeds: { status: 409, message: `The limit of ${MAX_FEEDS} feeds is reached: revoke one first.` },
  secret_already_shown: { status: 409, message: 'The answer to this request showed a secret and is not kept.' },
  /** An ended template cannot be changed. */
  template_ended: { status: 409, message: 'The template has ended and cannot be changed.' },
  template_not_paused: { status: 409, message: 'The template is not paused.' },
  /** An occurrence that has started cannot be changed; its task can. */
  occurrence_past: {
    status: 409,
    message: 'The occurrence has started and cannot be changed: change its task instead.',
  },
  /** Its task is done, cancelled or archived. */
  occurrence_closed: {
    status: 409,
    message: ({ task_status }: { task_status: string | null }) =>
      `The task of the occurrence is ${task_status}: reopen it to change the occurrence.`,
  },
  /** A skipped occurrence takes no other exception before the skip is undone. */
  occurrence_skipped: { status: 409, message: 'The occurrence is skipped: delete that exception first.' },
  /** A user has worked on the next occurrence. */
  successor_touched: {
    status: 409,
    message: (_details: { task_id: string }) => 'A user has already worked on the next occurrence.',
  },
  /** The rule takes more steps to expand than are allowed; the details name the fields to narrow. */
  rule_too_expensive: { status: 422, message: faultyFields },
});
