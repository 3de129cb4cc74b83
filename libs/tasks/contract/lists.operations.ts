import { del, get, idOf, operations, patch, path, post, put, type ClientOf } from '@mono/contract';
import {
  CreateList,
  DeleteListQuery,
  List,
  listEntityTag,
  ListPage,
  ListPatch,
  ListQuery,
  ListReplacement,
} from './list.js';
import { ListTasksQuery, TaskPage } from './task-query.js';
import { tasksErrors, WORKFLOW_ERRORS } from './tasks.errors.js';
import { SEARCH_LIMITS } from './tasks.operations.js';

const list = path('/v1/lists/:id', { id: idOf('list') });
const favorite = path('/v1/lists/:id/favorite', { id: idOf('list') });
const tasksOfList = path('/v1/lists/:id/tasks', { id: idOf('list') });

export const listsOperations = operations(
  'tasks',
  { tag: 'lists', errors: tasksErrors },
  {
    createList: post('/v1/lists', {
      summary: 'Create a list',
      description: 'The list comes last in the manual order, unless `before` or `after` places it.',
      answer: 'The created list.',
      scope: 'tasks:write',
      respectsLists: true,
      body: CreateList,
      reply: List,
      etag: listEntityTag,
      location: ({ id }) => `/v1/lists/${id}`,
      idempotencyKey: true,
    }),
    findLists: get('/v1/lists', {
      summary: 'List the lists',
      description:
        'Archived lists are left out unless `archived` asks for them. Callers that are limited to lists see theirs only.',
      answer: 'A page of lists.',
      scope: 'tasks:read',
      respectsLists: true,
      query: ListQuery,
      reply: ListPage,
    }),
    getList: get(list, {
      summary: 'Get a list',
      description: 'Shows the settings of a list. `GET /v1/lists/{id}/tasks` lists its tasks.',
      answer: 'The list.',
      scope: 'tasks:read',
      respectsLists: true,
      reply: List,
      etag: listEntityTag,
      errors: ['list_not_found'],
    }),
    updateList: patch(list, {
      summary: 'Update a list',
      description:
        'Changes the given fields, as a JSON Merge Patch. `before` or `after` moves the list, `archived` archives or returns it.',
      answer: 'The updated list.',
      scope: 'tasks:write',
      respectsLists: true,
      patch: ListPatch,
      reply: List,
      etag: listEntityTag,
      ifMatch: true,
      errors: ['list_not_found', 'duplicate_task', 'inbox_not_archivable'],
    }),
    replaceList: put(list, {
      summary: 'Replace a list',
      description: 'Replaces all mutable fields. An absent field returns to its default.',
      answer: 'The updated list.',
      scope: 'tasks:write',
      respectsLists: true,
      body: ListReplacement,
      reply: List,
      etag: listEntityTag,
      ifMatch: true,
      errors: ['list_not_found', 'duplicate_task', 'inbox_not_archivable'],
    }),
    deleteList: del(list, {
      summary: 'Delete a list',
      description: 'It goes into the trash, with the tasks that are deleted with it.',
      answer: 'List deleted.',
      // A list of 10,000 tasks takes a while.
      timeoutMs: 60_000,
      scope: 'tasks:write',
      respectsLists: true,
      query: DeleteListQuery,
      ifMatch: true,
      errors: [
        'list_not_found',
        'list_archived',
        'list_not_empty',
        'inbox_not_deletable',
        'duplicate_task',
        ...WORKFLOW_ERRORS,
      ],
    }),
    addFavorite: put(favorite, {
      summary: 'Mark a list as a favorite',
      description: 'For the signed-in user alone. It changes neither the list nor its version, and causes no event.',
      answer: 'The list is a favorite.',
      scope: { user: 'tasks:read' },
      respectsLists: true,
      errors: ['list_not_found'],
    }),
    removeFavorite: del(favorite, {
      summary: 'Unmark a favorite list',
      description: 'For the signed-in user alone. Succeeds as well if the list is not a favorite.',
      answer: 'The list is no favorite.',
      scope: { user: 'tasks:read' },
      respectsLists: true,
      errors: ['list_not_found'],
    }),
    findTasksOfList: get(tasksOfList, {
      summary: 'List the tasks of a list',
      description:
        'Follows the default order of the list without `order_by`, and takes the same filters as `GET /v1/tasks`.',
      answer: 'A page of tasks.',
      scope: 'tasks:read',
      respectsLists: true,
      query: ListTasksQuery,
      reply: TaskPage,
      errors: ['list_not_found', 'query_too_expensive'],
      ...SEARCH_LIMITS,
    }),
  },
);

export type ListsClient = ClientOf<typeof listsOperations>;
