import { del, get, idOf, operations, patch, path, post, put, type ClientOf } from '@mono/contract';
import { ExplainedFilter, ExplainFilter } from './filter.js';
import {
  CreateFilter,
  FilterPage,
  FilterPatch,
  FilterQuery,
  FilterReplacement,
  FilterTasksQuery,
  SavedFilter,
} from './saved-filter.js';
import { TaskPage } from './task-query.js';
import { tasksErrors } from './tasks.errors.js';
import { SEARCH_LIMITS } from './tasks.operations.js';

const filter = path('/v1/filters/:id', { id: idOf('filter') });
const tasksOfFilter = path('/v1/filters/:id/tasks', { id: idOf('filter') });
const READS = { scope: 'tasks:read', respectsLists: true } as const;
const WRITES = { scope: 'tasks:write', respectsLists: true } as const;
const etag = ({ version }: SavedFilter): string => String(version);

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
    createFilter: post('/v1/filters', {
      ...WRITES,
      summary: 'Save a filter',
      description:
        'Stores a filter under a name, with order, grouping and view for clients. A personal one is visible to its owner only.',
      answer: 'The saved filter.',
      body: CreateFilter,
      reply: SavedFilter,
      etag,
      location: ({ id }) => `/v1/filters/${id}`,
      idempotencyKey: true,
      errors: ['filter_not_found', 'too_many_filters'],
    }),
    findFilters: get('/v1/filters', {
      ...READS,
      summary: 'List the saved filters',
      description: 'The shared ones and those of the caller, in their manual order.',
      answer: 'A page of filters.',
      query: FilterQuery,
      reply: FilterPage,
    }),
    getFilter: get(filter, {
      ...READS,
      summary: 'Get a saved filter',
      description: 'Shows the filter, its order and its view. `GET /v1/filters/{id}/tasks` finds its tasks.',
      answer: 'The filter.',
      reply: SavedFilter,
      etag,
      errors: ['filter_not_found'],
    }),
    updateFilter: patch(filter, {
      ...WRITES,
      summary: 'Update a saved filter',
      description:
        'Changes the given fields, as a JSON Merge Patch. Clients that follow the filter see its new matches at once.',
      answer: 'The updated filter.',
      patch: FilterPatch,
      reply: SavedFilter,
      etag,
      ifMatch: true,
      errors: ['filter_not_found', 'too_many_filters'],
    }),
    replaceFilter: put(filter, {
      ...WRITES,
      summary: 'Replace a saved filter',
      description: 'Replaces all mutable fields. An absent field returns to its default.',
      answer: 'The updated filter.',
      body: FilterReplacement,
      reply: SavedFilter,
      etag,
      ifMatch: true,
      errors: ['filter_not_found', 'too_many_filters'],
    }),
    deleteFilter: del(filter, {
      ...WRITES,
      summary: 'Delete a saved filter',
      description: 'It is gone for good, as a filter holds no tasks.',
      answer: 'Filter deleted.',
      ifMatch: true,
      errors: ['filter_not_found'],
    }),
    findTasksOfFilter: get(tasksOfFilter, {
      ...READS,
      summary: 'List the tasks of a saved filter',
      description: '`me`, the zone of dates and the lists in reach are those of the caller.',
      answer: 'A page of tasks.',
      query: FilterTasksQuery,
      reply: TaskPage,
      errors: ['filter_not_found', 'filter_not_usable', 'query_too_expensive'],
      ...SEARCH_LIMITS,
    }),
  },
);

export type FiltersClient = ClientOf<typeof filtersOperations>;
