import { del, get, idOf, operations, patch, path, post } from '@mono/contract';
import { TemplateDiff } from './diff.js';
import { Preview, PreviewRequest } from './preview.js';
import { recurrenceErrors } from './recurrence.errors.js';
import {
  CreateTemplate,
  DeleteTemplateQuery,
  EndTemplate,
  PauseTemplate,
  ResumeTemplate,
  Template,
  templateEntityTag,
  TemplatePage,
  TemplatePatch,
  TemplateQuery,
} from './template.js';

/** An answer may wait for the tasks of the template. */
export const RECURRENCE_TIMEOUT_MS = 30_000;

const id = idOf('template');
const template = path('/v1/templates/:id', { id });

export const templatesOperations = operations(
  'recurrence',
  { tag: 'templates', errors: recurrenceErrors, timeoutMs: RECURRENCE_TIMEOUT_MS },
  {
    previewRule: post('/v1/recurrence/preview', {
      name: 'preview',
      tag: 'recurrence',
      summary: 'Preview the occurrences of a rule',
      description: 'Changes nothing and counts as a read.',
      answer: 'The occurrences, in the order of their local time.',
      scope: 'recurrence:read',
      respectsLists: true,
      reads: true,
      body: PreviewRequest,
      reply: Preview,
      errors: ['list_not_found', 'rule_too_expensive'],
    }),
    createTemplate: post('/v1/templates', {
      summary: 'Create a template',
      description:
        'Creates a recurring task. Its upcoming occurrences become tasks; `POST /v1/recurrence/preview` shows them in advance.',
      answer: 'The created template.',
      scope: 'recurrence:write',
      respectsLists: true,
      body: CreateTemplate,
      reply: Template,
      etag: templateEntityTag,
      location: ({ id: created }) => `/v1/templates/${created}`,
      idempotencyKey: true,
      errors: ['list_not_found', 'rule_too_expensive'],
    }),
    findTemplates: get('/v1/templates', {
      summary: 'List the templates',
      description: 'Recurring tasks with their rules and states, filtered by list and status.',
      answer: 'A page of templates.',
      scope: 'recurrence:read',
      respectsLists: true,
      query: TemplateQuery,
      reply: TemplatePage,
    }),
    getTemplate: get(template, {
      summary: 'Get a template',
      description: 'Shows the rule, the state and the next occurrence of a recurring task.',
      answer: 'The template.',
      scope: 'recurrence:read',
      respectsLists: true,
      reply: Template,
      etag: templateEntityTag,
      errors: ['template_not_found'],
    }),
    updateTemplate: patch(template, {
      summary: 'Update a template and its future occurrences',
      description:
        'Changes the given fields, as a JSON Merge Patch. Future occurrences follow, except for fields that an exception or an edit has set.',
      answer: 'The updated template.',
      scope: 'recurrence:write',
      respectsLists: true,
      patch: TemplatePatch,
      reply: Template,
      etag: templateEntityTag,
      ifMatch: true,
      errors: ['template_not_found', 'list_not_found', 'template_ended', 'rule_too_expensive'],
    }),
    deleteTemplate: del(template, {
      summary: 'Delete a template and its future occurrences',
      description: 'The template goes to the trash, from which it can be restored.',
      answer: 'Template deleted.',
      scope: 'recurrence:write',
      respectsLists: true,
      query: DeleteTemplateQuery,
      ifMatch: true,
      errors: ['template_not_found'],
    }),
    diffTemplate: post(path('/v1/templates/:id/diff', { id }), {
      summary: 'Preview a change of a template',
      description: 'Changes nothing and counts as a read.',
      answer: 'The future occurrences that the change would add, remove and keep.',
      scope: 'recurrence:read',
      respectsLists: true,
      reads: true,
      patch: TemplatePatch,
      reply: TemplateDiff,
      errors: ['template_not_found', 'list_not_found', 'template_ended', 'empty_update', 'rule_too_expensive'],
    }),
    pauseTemplate: post(path('/v1/templates/:id/pause', { id }), {
      summary: 'Pause a template',
      description: 'Upcoming tasks are removed until it resumes. A repeat with another `until` changes that time.',
      answer: 'The paused template.',
      scope: 'recurrence:write',
      respectsLists: true,
      body: PauseTemplate,
      reply: Template,
      etag: templateEntityTag,
      idempotencyKey: true,
      errors: ['template_not_found', 'template_ended'],
    }),
    resumeTemplate: post(path('/v1/templates/:id/resume', { id }), {
      summary: 'Resume a paused template',
      description: 'Upcoming occurrences become tasks again. `missed` decides what happens to those of the pause.',
      answer: 'The active template.',
      scope: 'recurrence:write',
      respectsLists: true,
      body: ResumeTemplate,
      reply: Template,
      etag: templateEntityTag,
      idempotencyKey: true,
      errors: ['template_not_found', 'template_not_paused', 'template_ended', 'rule_too_expensive'],
    }),
    endTemplate: post(path('/v1/templates/:id/end', { id }), {
      summary: 'End a template for good, now or later',
      description:
        'No occurrence starts after the end, and their tasks are removed. An end in the future can be taken back with `{"at":null}`.',
      answer: 'The template.',
      scope: 'recurrence:write',
      respectsLists: true,
      body: EndTemplate,
      reply: Template,
      etag: templateEntityTag,
      idempotencyKey: true,
      errors: ['template_not_found', 'template_ended'],
    }),
  },
);
