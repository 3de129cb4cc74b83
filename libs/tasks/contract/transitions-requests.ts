import { defineRequest, type Contract } from '@mono/bus';
import { TransitionPage, TransitionsQuery } from './transitions.js';

const TIMEOUT_MS = 30_000;
/** Who builds anew asks for one page after the other; nobody is to keep requests from the database by it. */
const CONCURRENCY = 2;

export const transitionsRequests = {
  page: defineRequest({
    module: 'tasks',
    name: 'transitions',
    request: TransitionsQuery,
    reply: TransitionPage,
    internal: true,
    idempotent: true,
    timeoutMs: TIMEOUT_MS,
    concurrency: CONCURRENCY,
  }),
} as const;

export const transitionsContracts: readonly Contract[] = Object.values(transitionsRequests);
