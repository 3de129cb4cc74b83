import { get, operations } from '@mono/contract';
import { searchOperationsOf } from './search-owner.js';
import { SearchQuery, SearchResults } from './search.js';
import { SEARCH_LIMITS } from './tasks.operations.js';
import { tasksErrors } from './tasks.errors.js';

export const searchOperations = operations(
  'tasks',
  { tag: 'search', errors: tasksErrors },
  {
    search: get('/v1/search', {
      summary: 'Search tasks, lists, templates and time entries',
      description:
        'Finds the most relevant of all things that the caller may read. Where nothing matches, it finds titles and notes with similar words. While a module is unavailable, a search of its kinds is 503 instead of partial.',
      answer: 'The most relevant items.',
      // Owners ask for the scopes of their things.
      scope: null,
      respectsLists: true,
      query: SearchQuery,
      reply: SearchResults,
      errors: ['query_too_expensive'],
      ...SEARCH_LIMITS,
      // Two rounds of the owners' limits at most.
      timeoutMs: 2 * SEARCH_LIMITS.timeoutMs,
    }),
  },
);

/** Tasks and lists in the search of the workspace. */
export const tasksSearchOperations = searchOperationsOf('tasks', ['tasks', 'lists']);
