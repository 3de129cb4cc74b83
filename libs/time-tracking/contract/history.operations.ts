import { get, idOf, operations, path } from '@mono/contract';
import { FindHistoryQuery, HistoryPage, HistoryQuery, TaskTime } from './history.js';
import { timeTrackingErrors } from './time-tracking.errors.js';

const task = { id: idOf('task') };
const errors = ['task_not_found'];

export const historyOperations = operations(
  'time-tracking',
  { tag: 'time', errors: timeTrackingErrors },
  {
    taskHistory: get(path('/v1/tasks/:id/history', task), {
      operationId: 'getTaskHistory',
      summary: 'List the status changes of a task',
      description: 'Each change of status with its time and the user or key that made it, oldest first.',
      answer: 'A page of status changes, from the creation on.',
      scope: 'time:read',
      respectsLists: true,
      query: HistoryQuery,
      reply: HistoryPage,
      errors,
    }),
    taskTime: get(path('/v1/tasks/:id/time', task), {
      operationId: 'getTaskTime',
      summary: 'Get the time spent on a task',
      description:
        'Measured time is the time in the status `in_progress`. Entries are written by hand or by a timer. Where the workspace keeps time private, others see the sums of the task, and only their own spans and entries.',
      answer: 'The time in `in_progress` and the entries, separately.',
      scope: 'time:read',
      respectsLists: true,
      reply: TaskTime,
      errors,
    }),
    findHistory: get('/v1/time/history', {
      summary: 'List the status changes of a task, also of a deleted one',
      description:
        'Takes the task as a parameter instead of in the path, so that the history of deleted tasks stays readable.',
      answer: 'A page of status changes, from the creation on.',
      scope: 'time:read',
      respectsLists: true,
      query: FindHistoryQuery,
      reply: HistoryPage,
      errors,
    }),
  },
);
