import { get, operations } from '@mono/contract';
import { ChangePage, ChangesQuery } from './change.dto.js';
import { changesErrors } from './changes.errors.js';

export const changesOperations = operations(
  'changes',
  { errors: changesErrors },
  {
    findChanges: get('/v1/changes', {
      summary: 'Follow the changes of the workspace',
      description:
        'Changes in their order, of all things that the caller may read. Get a token without `since` first, then list what you need, then follow from that token.',
      answer: 'The changes after the token, the oldest first.',
      // Each change asks for the scope of its thing.
      scope: null,
      respectsLists: true,
      query: ChangesQuery,
      reply: ChangePage,
      errors: ['token_expired'],
      // Longer than the longest wait.
      timeoutMs: 65_000,
      // Most of them wait, and cost nothing.
      concurrency: 4_096,
    }),
  },
);
