// The errors of this module, beyond those that every module shares.
import { defineErrors, faultyFields, notFound } from '@mono/contract/errors';
import { MAX_BULK_TASKS, type TaskStatus } from './task-constants.js';
import type { WorkflowGuard, WorkflowRole } from './workflow.js';

export type WorkflowRule = WorkflowGuard | `role_${WorkflowRole}`;

const REQUIREMENTS: Readonly<Record<WorkflowRule, string>> = {
  no_open_subtasks: 'all subtasks to be closed',
  not_blocked: 'all tasks that block it to be closed',
  assignee_required: 'an assignee',
  estimate_required: 'an estimated duration',
  role_admin: 'the role admin',
  role_owner: 'the role owner',
};

export interface RefusedTask {
  id: string;
  code: string;
  message: string;
}

export const tasksErrors = defineErrors({
  list_not_found: notFound('list'),
  task_not_found: notFound('task'),
  tag_not_found: notFound('tag'),
  filter_not_found: notFound('filter'),
  /** A list with title_policy `unique` already holds a task of that title. The id is absent where the same request writes both. */
  duplicate_task: {
    status: 409,
    message: ({ title }: { title: string; task_id?: string }) => `The list already has a task titled “${title}”.`,
  },
  duplicate_tag: {
    status: 409,
    message: ({ name }: { name: string }) => `The tag “${name}” is in use: merge the two instead.`,
  },
  too_many_filters: {
    status: 409,
    message: ({ limit, visibility }: { limit: number; visibility: string }) =>
      `There are ${limit} ${visibility} filters, which is the limit: delete one first.`,
  },
  /** A saved filter names a list or member that does not exist any more, or not for the caller. */
  filter_not_usable: {
    status: 409,
    message: ({ issue }: { id: string; issue: string }) =>
      `The saved filter cannot be used now: ${issue} Change the filter.`,
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
  /** The workflow of the list lacks this move. */
  invalid_transition: {
    status: 409,
    message: ({ from, to, allowed }: { list_id: string; from: TaskStatus; to: TaskStatus; allowed: TaskStatus[] }) =>
      `The workflow of the list does not allow a move from ${from} to ${to}. Allowed: ${allowed.join(', ') || 'none'}.`,
  },
  /** The workflow of the list limits the number of tasks in the status. */
  wip_limit_exceeded: {
    status: 409,
    message: ({ status, limit }: { list_id: string; status: TaskStatus; limit: number }) =>
      `The workflow of the list limits ${status} to ${limit} task${limit === 1 ? '' : 's'}: move one out of it first.`,
  },
  /** The task does not fulfil a condition of the workflow for the status. */
  transition_guarded: {
    status: 409,
    message: ({ to, rule }: { list_id: string; to: TaskStatus; rule: WorkflowRule }) =>
      `The workflow of the list requires ${REQUIREMENTS[rule]} for ${to}.`,
  },
  /** The list refuses to complete tasks that have open subtasks. The ids are those within reach of the caller, at most 100. */
  open_subtasks: {
    status: 409,
    message: ({ open }: { task_id: string; open: number; subtask_ids: string[] }) =>
      `The task has ${open} open subtask${open === 1 ? '' : 's'}, and its list allows none for done: close them first.`,
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
  too_many_subtasks: {
    status: 409,
    message: ({ task_id, limit }: { task_id: string; limit: number }) =>
      `The task ${task_id} has more than ${limit} subtasks, at all levels: take a part of them at a time.`,
  },
  too_many_tasks: {
    status: 409,
    message: ({ limit, tasks }: { limit: number; tasks: number }) =>
      `The change concerns ${tasks} tasks, more than the limit of ${limit}: narrow the filter, or raise the limit up to ${MAX_BULK_TASKS}.`,
  },
  /** The details name the first tasks that refuse a bulk change. */
  tasks_refused: {
    status: 409,
    message: ({ refused, matched }: { refused: number; matched: number; tasks: RefusedTask[] }) =>
      `${refused} of ${matched} tasks refuse the change, and none was changed: add mode=each to change the others.`,
  },
  subtasks_too_deep: { status: 422, message: faultyFields },
});

/** The refusals of a workflow. */
export const WORKFLOW_ERRORS = ['invalid_transition', 'wip_limit_exceeded', 'transition_guarded'] as const;

/** The refusals of a task that is moved to `done`, besides those of a workflow. */
export const COMPLETION_ERRORS = ['open_subtasks', 'too_many_subtasks'] as const;
