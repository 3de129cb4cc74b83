import { del, get, idOf, operations, patch, path, post } from '@mono/contract';
import { TemplateDiff } from './diff.js';
import { Preview, PreviewRequest } from './preview.js';
import { recurrenceErrors } from './recurrence.errors.js';
import {
  CreateTemplate,
  DeleteTemplateQuery,
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
      errors: ['rule_too_expensive'],
    }),
    createTemplate: post('/v1/templates', {
      summary: 'Create a template',
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
      answer: 'A page of templates.',
      scope: 'recurrence:read',
      respectsLists: true,
      query: TemplateQuery,
      reply: TemplatePage,
    }),
    getTemplate: get(template, {
      summary: 'Get a template',
      answer: 'The template.',
      scope: 'recurrence:read',
      respectsLists: true,
      reply: Template,
      etag: templateEntityTag,
      errors: ['template_not_found'],
    }),
    updateTemplate: patch(template, {
      summary: 'Update a template and its future occurrences',
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
      answer: 'The paused template.',
      scope: 'recurrence:write',
      respectsLists: true,
      reply: Template,
      etag: templateEntityTag,
      idempotencyKey: true,
      errors: ['template_not_found', 'template_ended'],
    }),
    resumeTemplate: post(path('/v1/templates/:id/resume', { id }), {
      summary: 'Resume a paused template',
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
      summary: 'End a template for good',
      answer: 'The ended template.',
      scope: 'recurrence:write',
      respectsLists: true,
      reply: Template,
      etag: templateEntityTag,
      idempotencyKey: true,
      errors: ['template_not_found'],
    }),
  },
);
