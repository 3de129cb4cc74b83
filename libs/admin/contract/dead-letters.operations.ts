import { get, idOf, operations, path, post } from '@mono/contract';
import { adminErrors } from './admin.errors.js';
import {
  DeadLetter,
  DeadLetterBulkDecision,
  DeadLetterBulkResult,
  DeadLetterDecision,
  DeadLetterPage,
  DeadLetterQuery,
} from './dead-letters.dto.js';

const id = { id: idOf('dead_letter') };
const scope = 'operator';
/** Operators see the whole installation: a limit to lists of a workspace says nothing about it. */
const respectsLists = true;

export const deadLettersOperations = operations(
  'admin',
  { errors: adminErrors },
  {
    findDeadLetters: get('/v1/admin/dead-letters', {
      summary: 'List dead letters',
      answer: 'A page of dead letters, oldest first.',
      scope,
      respectsLists,
      query: DeadLetterQuery,
      reply: DeadLetterPage,
    }),
    retryDeadLetters: post('/v1/admin/dead-letters/retry', {
      summary: 'Retry dead letters',
      answer: 'The number of dead letters.',
      scope,
      respectsLists,
      body: DeadLetterBulkDecision,
      reply: DeadLetterBulkResult,
    }),
    discardDeadLetters: post('/v1/admin/dead-letters/discard', {
      summary: 'Discard dead letters',
      answer: 'The number of dead letters.',
      scope,
      respectsLists,
      body: DeadLetterBulkDecision,
      reply: DeadLetterBulkResult,
    }),
    getDeadLetter: get(path('/v1/admin/dead-letters/:id', id), {
      summary: 'Get a dead letter',
      answer: 'The dead letter.',
      scope,
      respectsLists,
      reply: DeadLetter,
      etag: ({ version }) => String(version),
      errors: ['dead_letter_not_found'],
    }),
    retryDeadLetter: post(path('/v1/admin/dead-letters/:id/retry', id), {
      summary: 'Retry a dead letter',
      answer: 'The dead letter.',
      scope,
      respectsLists,
      body: DeadLetterDecision,
      reply: DeadLetter,
      errors: ['dead_letter_not_found', 'dead_letter_discarded'],
    }),
    discardDeadLetter: post(path('/v1/admin/dead-letters/:id/discard', id), {
      summary: 'Discard a dead letter',
      answer: 'The dead letter.',
      scope,
      respectsLists,
      body: DeadLetterDecision,
      reply: DeadLetter,
      errors: ['dead_letter_not_found', 'dead_letter_retried'],
    }),
  },
);
