// The errors of this module, beyond those that every module shares.
import { defineErrors, faultyFields, notFound } from '@mono/contract/errors';

export const tasksErrors = defineErrors({
  list_not_found: notFound('list'),
  task_not_found: notFound('task'),
  tag_not_found: notFound('tag'),
  /** A list with title_policy `unique` already holds a task of that title. */
  duplicate_task: {
    status: 409,
    message: ({ title }: { title: string }) => `The list already has a task titled “${title}”.`,
  },
  duplicate_tag: {
    status: 409,
    message: ({ name }: { name: string }) => `The tag “${name}” is in use: merge the two instead.`,
  },
  list_not_empty: {
    status: 409,
    message: ({ tasks }: { tasks: number }) => `The list has ${tasks} tasks: add tasks=delete or tasks=move&to=….`,
  },
  inbox_not_deletable: { status: 409, message: 'The Inbox cannot be deleted.' },
  inbox_not_archivable: { status: 409, message: 'The Inbox cannot be archived.' },
  list_archived: {
    status: 409,
    message: (_details: { list_id: string }) =>
      'The list is archived and takes no tasks: unarchive it, or name another list.',
  },
  /** A closed task is not reopened once somebody has worked on the occurrence that follows it. */
  successor_touched: {
    status: 409,
    message: (_details: { task_id: string }) => 'The next occurrence has been worked on: delete or cancel it first.',
  },
  /** A task cannot be a subtask of itself or of one of its own subtasks. */
  parent_cycle: { status: 422, message: faultyFields },
  /** A task cannot block itself, directly or through others. */
  blocking_cycle: { status: 422, message: faultyFields },
  /** The same two tasks have a relation of this kind already. */
  duplicate_relation: {
    status: 409,
    message: (_details: { relation_id: string }) => 'The two tasks already have a relation of this kind.',
  },
  too_many_relations: {
    status: 409,
    message: ({ task_id, limit }: { task_id: string; limit: number }) =>
      `The task ${task_id} has ${limit} relations, which is the limit: delete one first.`,
  },
  /** Whether another relation would make a cycle is not looked for any further. */
  blocks_too_many: {
    status: 409,
    message: ({ task_id, limit }: { task_id: string; limit: number }) =>
      `The task ${task_id} blocks more than ${limit} tasks, directly and through others.`,
  },
  relation_not_found: notFound('relation'),
  subtasks_too_deep: { status: 422, message: faultyFields },
});
