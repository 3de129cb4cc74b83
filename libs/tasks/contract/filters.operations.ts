import { operations, post, type ClientOf } from '@mono/contract';
import { ExplainedFilter, ExplainFilter } from './filter.js';
import { tasksErrors } from './tasks.errors.js';

export const filtersOperations = operations(
  'tasks',
  { tag: 'filters', errors: tasksErrors },
  {
    explainFilter: post('/v1/filters/explain', {
      summary: 'Explain a filter',
      description:
        'Describes a filter in words, and gives its tokens, its fault and completions while it is typed. Changes nothing and counts as a read.',
      answer: 'The explanation.',
      scope: 'tasks:read',
      respectsLists: true,
      reads: true,
      body: ExplainFilter,
      reply: ExplainedFilter,
      status: 200,
    }),
  },
);

export type FiltersClient = ClientOf<typeof filtersOperations>;
