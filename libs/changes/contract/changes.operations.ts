import { get, internal, operations, overNats } from '@mono/contract';
import { ChangePage, ChangesQuery } from './change.dto.js';
import { changesErrors } from './changes.errors.js';
import { FeedRows, FeedRowsQuery } from './feed-rows.js';
import { FollowChanges, GrantedLease } from './follow.dto.js';

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
      errors: ['token_expired', 'filter_not_found', 'filter_not_usable'],
      // Longer than the longest wait.
      timeoutMs: 65_000,
      // Most of them wait, and cost nothing.
      concurrency: 4_096,
    }),
    follow: overNats({
      summary: 'Have the changes of the workspace pushed over NATS',
      description:
        'Grants a lease, during which changes are pushed to the client. A renewal may reach any node. See the README of the module.',
      scope: null,
      respectsLists: true,
      body: FollowChanges,
      reply: GrantedLease,
      reads: true,
      errors: ['token_expired', 'filter_not_found', 'filter_not_usable'],
    }),
    feedRows: internal({
      summary: 'Read rows of a feed',
      body: FeedRowsQuery,
      reply: FeedRows,
      reads: true,
      route: 'local-first',
    }),
  },
);
