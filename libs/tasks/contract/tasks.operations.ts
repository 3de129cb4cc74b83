import { del, get, idOf, operations, patch, path, post, put, type ClientOf } from '@mono/contract';
import { BatchResults, BatchTasks } from './batch.js';
import { GetTaskQuery } from './include.js';
import { CreateTask, DeleteTaskQuery, Task, taskEntityTag, TaskPatch, TaskReplacement } from './task.js';
import { TaskPage, TaskQuery } from './task-query.js';
import { COMPLETION_ERRORS, tasksErrors, WORKFLOW_ERRORS } from './tasks.errors.js';

/**
 * Longer than a turn in the queue of expensive queries, a page and a count may take. Many may wait in that queue, which is fair
 * among workspaces; the queue of a handler is not.
 */
export const SEARCH_LIMITS = { timeoutMs: 25_000, concurrency: 512 };

const task = path('/v1/tasks/:id', { id: idOf('task') });
const placing = [
  'task_not_found',
  'list_not_found',
  'list_archived',
  'duplicate_task',
  'parent_cycle',
  'subtasks_too_deep',
  ...WORKFLOW_ERRORS,
] as const;

export const tasksOperations = operations(
  'tasks',
  { errors: tasksErrors },
  {
    createTask: post('/v1/tasks', {
      summary: 'Create a task',
      description:
        'Creates a task in a list, by default in the Inbox. A list with the title policy `unique` refuses a second task with the same title.',
      answer: 'The created task.',
      scope: 'tasks:write',
      respectsLists: true,
      body: CreateTask,
      reply: Task,
      etag: taskEntityTag,
      location: ({ id }) => `/v1/tasks/${id}`,
      idempotencyKey: true,
      errors: placing,
    }),
    findTasks: get('/v1/tasks', {
      summary: 'Find tasks',
      description: 'Filters, orders and searches the tasks of the workspace.',
      answer: 'A page of tasks.',
      scope: 'tasks:read',
      respectsLists: true,
      query: TaskQuery,
      reply: TaskPage,
      errors: ['query_too_expensive'],
      ...SEARCH_LIMITS,
    }),
    batchTasks: post('/v1/tasks/batch', {
      summary: 'Create, update and delete many tasks',
      description: 'Runs up to 500 operations in their order.',
      answer: 'The result of each operation.',
      scope: 'tasks:write',
      respectsLists: true,
      body: BatchTasks,
      reply: BatchResults,
      idempotencyKey: true,
      errors: ['version_conflict', ...placing, ...COMPLETION_ERRORS],
      timeoutMs: 60_000,
    }),
    getTask: get(task, {
      summary: 'Get a task',
      description:
        'Shows all fields of a task, with its number of open blockers. `If-None-Match` answers 304 while it is unchanged.',
      answer: 'The task.',
      scope: 'tasks:read',
      respectsLists: true,
      query: GetTaskQuery,
      reply: Task,
      etag: taskEntityTag,
      errors: ['task_not_found'],
    }),
    updateTask: patch(task, {
      summary: 'Update a task',
      description:
        'Changes the given fields, as a JSON Merge Patch: absent fields stay, null clears. A change of `status` follows the workflow of the list.',
      answer: 'The updated task.',
      scope: 'tasks:write',
      respectsLists: true,
      patch: TaskPatch,
      reply: Task,
      etag: taskEntityTag,
      ifMatch: true,
      errors: [...placing, ...COMPLETION_ERRORS],
    }),
    replaceTask: put(task, {
      summary: 'Replace a task',
      description: 'Replaces all mutable fields. An absent field returns to its default.',
      answer: 'The updated task.',
      scope: 'tasks:write',
      respectsLists: true,
      body: TaskReplacement,
      reply: Task,
      etag: taskEntityTag,
      ifMatch: true,
      errors: [...placing, ...COMPLETION_ERRORS],
    }),
    deleteTask: del(task, {
      summary: 'Delete a task and its subtasks',
      description: 'They go into the trash, out of which they can be restored.',
      answer: 'Task deleted.',
      scope: 'tasks:write',
      respectsLists: true,
      query: DeleteTaskQuery,
      ifMatch: true,
      errors: ['task_not_found'],
    }),
  },
);

/** The errors of operations that give a task a list, a parent or a status. */
export { placing as PLACING_ERRORS };

export type TasksClient = ClientOf<typeof tasksOperations>;
