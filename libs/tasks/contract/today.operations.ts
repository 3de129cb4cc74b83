import { get, operations, type ClientOf } from '@mono/contract';
import { SEARCH_LIMITS } from './tasks.operations.js';
import { tasksErrors } from './tasks.errors.js';
import { Today, TodayQuery } from './today.js';

export const todayOperations = operations(
  'tasks',
  { errors: tasksErrors },
  {
    getToday: get('/v1/today', {
      summary: 'Get the tasks of today',
      description:
        'Returns overdue and due tasks, those in progress and those that may start, in the zone of the caller.',
      answer: 'The sections of the day.',
      scope: 'tasks:read',
      respectsLists: true,
      query: TodayQuery,
      reply: Today,
      errors: ['query_too_expensive'],
      ...SEARCH_LIMITS,
    }),
  },
);

export type TodayClient = ClientOf<typeof todayOperations>;
