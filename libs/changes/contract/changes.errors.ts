import { defineErrors } from '@mono/contract';

export const changesErrors = defineErrors({
  token_expired: {
    status: 410,
    message:
      'The changes after this token are no longer kept. Start again: get a new token from GET /v1/changes without "since", then list everything, then follow from the new token.',
  },
});
