import { idOf, operations, path, post, type ClientOf } from '@mono/contract';
import { ChangedTasks, ChangeTasks } from './bulk.js';
import { Task, taskEntityTag } from './task.js';
import { DuplicateTask, MoveTask } from './task-actions.js';
import { PLACING_ERRORS } from './tasks.operations.js';
import { COMPLETION_ERRORS, tasksErrors, WORKFLOW_ERRORS } from './tasks.errors.js';

const id = idOf('task');
const of = { scope: 'tasks:write', respectsLists: true, reply: Task, etag: taskEntityTag } as const;

export const taskActionsOperations = operations(
  'tasks',
  { errors: tasksErrors },
  {
    completeTask: post(path('/v1/tasks/:id/complete', { id }), {
      ...of,
      summary: 'Complete a task',
      description:
        'Moves it to `done`. A task that is done stays as it is. `on_complete_with_subtasks` of its list decides about its open subtasks.',
      answer: 'The completed task.',
      ifMatch: true,
      errors: ['task_not_found', ...WORKFLOW_ERRORS, ...COMPLETION_ERRORS],
    }),
    reopenTask: post(path('/v1/tasks/:id/reopen', { id }), {
      ...of,
      summary: 'Reopen a task',
      description: 'Moves a task that is done, archived or cancelled to `todo`. An open task stays as it is.',
      answer: 'The open task.',
      ifMatch: true,
      errors: ['task_not_found', 'successor_touched', ...WORKFLOW_ERRORS],
    }),
    moveTask: post(path('/v1/tasks/:id/move', { id }), {
      ...of,
      summary: 'Move a task',
      description: 'To another list, another parent or another place in the manual order.',
      answer: 'The moved task.',
      body: MoveTask,
      ifMatch: true,
      errors: [...PLACING_ERRORS, 'empty_update'],
    }),
    duplicateTask: post(path('/v1/tasks/:id/duplicate', { id }), {
      ...of,
      summary: 'Duplicate a task',
      description:
        'The duplicate and those of its subtasks are new tasks in `todo`. They are no occurrences of a template and have neither relations nor measured time.',
      answer: 'The duplicate.',
      body: DuplicateTask,
      location: ({ id: made }) => `/v1/tasks/${made}`,
      ifMatch: true,
      idempotencyKey: true,
      errors: [...PLACING_ERRORS, 'too_many_subtasks'],
    }),
    changeTasks: post('/v1/tasks/bulk', {
      summary: 'Change all tasks that match a filter',
      description:
        'Changes each task as its own request would, with its own event, all in one transaction. With `dry_run`, answers what would happen and changes nothing.',
      answer: 'The outcome for each matching task.',
      scope: 'tasks:write',
      respectsLists: true,
      body: ChangeTasks,
      reply: ChangedTasks,
      idempotencyKey: true,
      errors: ['too_many_tasks', 'tasks_refused', 'query_too_expensive', 'empty_update'],
      timeoutMs: 60_000,
    }),
  },
);

export type TaskActionsClient = ClientOf<typeof taskActionsOperations>;
