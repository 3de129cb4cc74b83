// The errors of the trash, which owners of things throw as well.
import { defineErrors, notFound } from '@mono/contract/errors';

export const trashErrors = defineErrors({
  /** Also for what the caller may not see, and for what is gone for good. */
  trash_item_not_found: notFound('trash_item'),
  /** It was never deleted, or somebody has restored it. */
  not_in_trash: {
    status: 409,
    message: ({ type, id }: { type: string; id: string }) => `The ${type} ${id} is not in the trash.`,
  },
  list_in_trash: {
    status: 409,
    message: ({ list_id }: { list_id: string }) =>
      `Its list ${list_id} is in the trash: restore the list, or name another one in “list_id”.`,
  },
  /** The id is absent where another restored task has the title. */
  title_taken: {
    status: 409,
    message: ({ title }: { title: string; task_id?: string }) =>
      `The list already has a task titled “${title}”: give another “title”, or name another list in “list_id”.`,
  },
  occurrence_has_task: {
    status: 409,
    message: ({ task_id }: { task_id: string }) =>
      `The occurrence of the template has another task ${task_id}: delete that one first.`,
  },
  list_not_found: notFound('list'),
  /** As when a closed task is reopened. */
  successor_touched: {
    status: 409,
    message: (_details: { task_id: string }) => 'The next occurrence has been worked on: delete or cancel it first.',
  },
});
