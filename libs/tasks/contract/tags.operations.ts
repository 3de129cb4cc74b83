import { del, get, operations, patch, path, post, textParam } from '@mono/contract';
import { MergeTag, TagChange, TagPage, TagPatch, TagQuery } from './tag.js';
import { tasksErrors } from './tasks.errors.js';
import { SEARCH_LIMITS } from './tasks.operations.js';

const name = textParam({ thing: 'tag', description: 'The name of the tag.', example: 'errand' });

export const tagsOperations = operations(
  'tasks',
  { tag: 'tags', errors: tasksErrors },
  {
    findTags: get('/v1/tags', {
      summary: 'List the tags with their counts',
      description: 'The tags of the tasks that the caller may read, each with the number of its tasks.',
      answer: 'A page of tags.',
      scope: 'tasks:read',
      respectsLists: true,
      query: TagQuery,
      reply: TagPage,
      errors: ['query_too_expensive'],
      ...SEARCH_LIMITS,
    }),
    renameTag: patch(path('/v1/tags/:name', { name }), {
      summary: 'Rename a tag on every task',
      description:
        'Changes every task with the tag, up to the limit of the caller’s lists. Fails if another tag has the name.',
      answer: 'The number of changed tasks.',
      scope: 'tasks:write',
      respectsLists: true,
      patch: TagPatch,
      reply: TagChange,
      errors: ['tag_not_found', 'duplicate_tag'],
    }),
    deleteTag: del(path('/v1/tags/:name', { name }), {
      summary: 'Delete a tag from every task',
      description: 'Removes it from all tasks that carry it, which stay. Templates keep the tag.',
      answer: 'The deleted tag, with the number of changed tasks.',
      scope: 'tasks:write',
      reply: TagChange,
      errors: ['tag_not_found'],
    }),
    mergeTag: post(path('/v1/tags/:name/merge', { name }), {
      summary: 'Merge a tag into another',
      description: 'Every task with the tag gets the other tag instead.',
      answer: 'The number of changed tasks.',
      scope: 'tasks:write',
      respectsLists: true,
      body: MergeTag,
      reply: TagChange,
      idempotencyKey: true,
      errors: ['tag_not_found'],
    }),
  },
);
