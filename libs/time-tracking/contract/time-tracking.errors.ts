// The errors of this module, beyond those that every module shares.
import { defineErrors, notFound } from '@mono/contract/errors';

export const timeTrackingErrors = defineErrors({
  task_not_found: notFound('task'),
  entry_not_found: notFound('entry'),
  /** Nobody of the workspace has this id. */
  member_not_found: notFound('member'),
  timer_running: {
    status: 409,
    message: (_details: { entry_id: string | null }) => 'Your timer runs already: stop or switch it.',
  },
  timer_not_running: { status: 409, message: 'Your timer does not run.' },
  /** The workspace refuses entries of one person that overlap. */
  entries_overlap: {
    status: 409,
    message: (_details: { entry_ids: readonly string[] }) => 'There are entries of the same person at the same time.',
  },
  /** The entry lies, or would lie, in a closed period. */
  period_locked: {
    status: 409,
    message: ({ locked_until }: { locked_until: string }) => `The time before ${locked_until} is closed.`,
  },
});
