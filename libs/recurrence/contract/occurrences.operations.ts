import { del, get, idOf, operations, patch, path, post, textParam } from '@mono/contract';
import { isOriginalStart } from '@mono/tasks/contract';
import {
  ChangeScopeQuery,
  CreateException,
  ExceptionPage,
  ExceptionQuery,
  OccurrenceChange,
  OccurrenceException,
  OccurrencePage,
  OccurrencePatch,
  OccurrenceQuery,
} from './occurrence.js';
import { recurrenceErrors } from './recurrence.errors.js';
import { RECURRENCE_TIMEOUT_MS } from './templates.operations.js';

const id = idOf('template');
const startOf = (thing: string) =>
  textParam({
    thing,
    description: 'The start of the occurrence by the rule.',
    example: '2026-05-04T09:00:00',
    accepts: isOriginalStart,
  });
const occurrence = path('/v1/templates/:id/occurrences/:original_start', {
  id,
  original_start: startOf('occurrence'),
});
const exceptions = path('/v1/templates/:id/exceptions', { id });
const changing = [
  'template_not_found',
  'occurrence_not_found',
  'occurrence_past',
  'occurrence_closed',
  'template_ended',
  'rule_too_expensive',
] as const;

export const occurrencesOperations = operations(
  'recurrence',
  { tag: 'occurrences', errors: recurrenceErrors, timeoutMs: RECURRENCE_TIMEOUT_MS },
  {
    findOccurrences: get(path('/v1/templates/:id/occurrences', { id }), {
      summary: 'List the occurrences of a template',
      description:
        'Computed from the rule in a window of time, with exceptions applied and the ids of tasks that exist.',
      answer: 'A page of occurrences, with and without tasks.',
      scope: 'recurrence:read',
      respectsLists: true,
      query: OccurrenceQuery,
      reply: OccurrencePage,
      errors: ['template_not_found', 'rule_too_expensive'],
    }),
    changeOccurrence: patch(occurrence, {
      summary: 'Change one occurrence, this and the following ones, or all future ones',
      description: 'The ETag is that of the template.',
      answer: 'The template and the occurrence after the change.',
      scope: 'recurrence:write',
      respectsLists: true,
      query: ChangeScopeQuery,
      patch: OccurrencePatch,
      reply: OccurrenceChange,
      ifMatch: true,
      errors: [...changing, 'list_not_found'],
    }),
    removeOccurrence: del(occurrence, {
      summary: 'Remove one occurrence, this and the following ones, or all future ones',
      description: 'The ETag is that of the template.',
      answer: 'Occurrence removed.',
      scope: 'recurrence:write',
      respectsLists: true,
      query: ChangeScopeQuery,
      ifMatch: true,
      errors: changing,
    }),
    createException: post(exceptions, {
      summary: 'Skip, move or edit one occurrence',
      description:
        'Applies to the occurrence that starts at `original_start` by the rule. Other occurrences stay as they are.',
      answer: 'The exception.',
      scope: 'recurrence:write',
      respectsLists: true,
      body: CreateException,
      reply: OccurrenceException,
      location: ({ template_id, original_start }) => `/v1/templates/${template_id}/exceptions/${original_start}`,
      idempotencyKey: true,
      errors: [...changing, 'list_not_found'],
    }),
    findExceptions: get(exceptions, {
      summary: 'List the exceptions of a template',
      description: 'Occurrences that are skipped, moved or edited, identified by their original start.',
      answer: 'A page of exceptions.',
      scope: 'recurrence:read',
      respectsLists: true,
      query: ExceptionQuery,
      reply: ExceptionPage,
      errors: ['template_not_found'],
    }),
    undoException: del(
      path('/v1/templates/:id/exceptions/:original_start', { id, original_start: startOf('exception') }),
      {
        summary: 'Undo an exception',
        description: 'The occurrence returns to the time and the content that the template gives it.',
        answer: 'The occurrence follows the template again.',
        scope: 'recurrence:write',
        respectsLists: true,
        errors: [
          'template_not_found',
          'exception_not_found',
          'occurrence_past',
          'occurrence_closed',
          'template_ended',
          'rule_too_expensive',
        ],
      },
    ),
  },
);
