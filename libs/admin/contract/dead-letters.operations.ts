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
      description:
        'Jobs and messages that failed for good, of the whole installation. They are kept until they are retried or discarded.',
      answer: 'A page of dead letters, oldest first.',
      scope,
      respectsLists,
      query: DeadLetterQuery,
      reply: DeadLetterPage,
    }),
    retryDeadLetters: post('/v1/admin/dead-letters/retry', {
      summary: 'Retry dead letters',
      description:
        'Processes the dead letters with the given ids again, or all that match the filter. A letter that fails again becomes a dead letter again.',
      answer: 'The number of dead letters.',
      scope,
      respectsLists,
      body: DeadLetterBulkDecision,
      reply: DeadLetterBulkResult,
    }),
    discardDeadLetters: post('/v1/admin/dead-letters/discard', {
      summary: 'Discard dead letters',
      description:
        'Discards the dead letters with the given ids, or all that match the filter. They are not processed again.',
      answer: 'The number of dead letters.',
      scope,
      respectsLists,
      body: DeadLetterBulkDecision,
      reply: DeadLetterBulkResult,
    }),
    getDeadLetter: get(path('/v1/admin/dead-letters/:id', id), {
      summary: 'Get a dead letter',
      description: 'Shows the payload, the attempts and the last error of a job or message that failed for good.',
      answer: 'The dead letter.',
      scope,
      respectsLists,
      reply: DeadLetter,
      etag: ({ version }) => String(version),
      errors: ['dead_letter_not_found'],
    }),
    retryDeadLetter: post(path('/v1/admin/dead-letters/:id/retry', id), {
      summary: 'Retry a dead letter',
      description:
        'Processes the job or message of the dead letter again. If it fails for good, it becomes a dead letter again.',
      answer: 'The dead letter.',
      scope,
      respectsLists,
      body: DeadLetterDecision,
      reply: DeadLetter,
      errors: ['dead_letter_not_found', 'dead_letter_discarded'],
    }),
    discardDeadLetter: post(path('/v1/admin/dead-letters/:id/discard', id), {
      summary: 'Discard a dead letter',
      description: 'The dead letter stays visible as discarded and is not processed again.',
      answer: 'The dead letter.',
      scope,
      respectsLists,
      body: DeadLetterDecision,
      reply: DeadLetter,
      errors: ['dead_letter_not_found', 'dead_letter_retried'],
    }),
  },
);
