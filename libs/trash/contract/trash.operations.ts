import { del, get, idOf, operations, path, post } from '@mono/contract';
import { RestoredThing, RestoreTarget } from './trash-item.dto.js';
import { TrashPage, TrashQuery } from './trash-query.dto.js';
import { trashErrors } from './trash.errors.js';

const id = idOf('trash_item');
/** A list of 10,000 tasks takes a while. */
const LARGE_TIMEOUT_MS = 65_000;

export const trashOperations = operations(
  'trash',
  { errors: trashErrors },
  {
    findTrash: get('/v1/trash', {
      summary: 'List the trash',
      description:
        'The deletions of the workspace that can be undone, the newest first, of all things that the caller may read.',
      answer: 'A page of deletions.',
      // Owners ask for the scopes of their things.
      scope: null,
      respectsLists: true,
      query: TrashQuery,
      reply: TrashPage,
    }),
    restoreFromTrash: post(path('/v1/trash/:id/restore', { id }), {
      summary: 'Restore a thing from the trash',
      description:
        'Restores a task, list or template by its own id, with all that was deleted with it. Requires the scope that changes such things.',
      answer: 'The restored thing.',
      scope: null,
      personalTokens: 'all',
      respectsLists: true,
      body: RestoreTarget,
      reply: RestoredThing,
      errors: [
        'trash_item_not_found',
        'list_not_found',
        'not_in_trash',
        'list_in_trash',
        'title_taken',
        'occurrence_has_task',
        'successor_touched',
      ],
      timeoutMs: LARGE_TIMEOUT_MS,
    }),
    deleteFromTrash: del(path('/v1/trash/:id', { id }), {
      summary: 'Delete a thing in the trash for good',
      description: 'With all that was deleted with it. It cannot be restored any more.',
      answer: 'Deleted for good.',
      scope: 'admin',
      respectsLists: true,
      errors: ['trash_item_not_found'],
      timeoutMs: LARGE_TIMEOUT_MS,
    }),
  },
);
