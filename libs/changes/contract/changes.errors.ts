import { defineErrors, notFound } from '@mono/contract';

export const changesErrors = defineErrors({
  token_expired: {
    status: 410,
    message:
      'The changes after this token are no longer kept. Start again: get a new token from GET /v1/changes without "since", then list everything, then follow from the new token.',
  },
  filter_not_found: notFound('filter'),
  /** A saved filter names a list or member that does not exist any more, or not for the caller. */
  filter_not_usable: {
    status: 409,
    message: ({ issue }: { id: string; issue: string }) => `The saved filter cannot be used now: ${issue}`,
  },
});
