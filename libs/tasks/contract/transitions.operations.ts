import { internal, operations, type ClientOf } from '@mono/contract';
import { TransitionPage, TransitionsQuery } from './transitions.js';

export const transitionsOperations = operations(
  'tasks',
  {},
  {
    /** A rebuild asks for one page after the other: requests of users keep the database. */
    transitions: internal({
      summary: 'List the changes of status of all tasks',
      body: TransitionsQuery,
      reply: TransitionPage,
      reads: true,
      timeoutMs: 30_000,
      concurrency: 2,
    }),
  },
);

export type TransitionsClient = ClientOf<typeof transitionsOperations>;
