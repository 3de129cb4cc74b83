// Every use case of this module as a request: `services.recurrence.<name>` among nodes, `api.recurrence.<name>` for outside
// clients. Path, query and body are one object by their REST names; a change is {id, patch}.
import { defineRequest, type Contract, type RequestContract } from '@mono/bus';
import { ObjectField, UuidField } from '@mono/contract';
import { exposed } from '@mono/platform';
import { TemplateDiff } from './diff.js';
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
import { OriginalStartField } from '@mono/tasks/contract';
import { Preview, PreviewRequest } from './preview.js';
import {
  CreateTemplate,
  ResumeTemplate,
  Template,
  templateEntityTag,
  TemplatePage,
  TemplatePatch,
  TemplateQuery,
} from './template.js';

const module = 'recurrence';
/** Tasks are made on the way. */
const TIMEOUT_MS = 30_000;

const template = { description: 'The template.' };
const originalStart = { description: 'Which occurrence.', example: '2026-05-04T09:00:00' };

export class TemplateId {
  @UuidField(template)
  id: string;
}

export class UpdateTemplate extends TemplateId {
  @ObjectField(() => TemplatePatch, { description: 'A merge patch.' })
  patch: TemplatePatch;
}

export class ResumeTemplateRequest extends ResumeTemplate {
  @UuidField(template)
  id: string;
}

export class FindOccurrences extends OccurrenceQuery {
  @UuidField(template)
  id: string;
}

export class FindExceptions extends ExceptionQuery {
  @UuidField(template)
  id: string;
}

export class CreateExceptionOf extends CreateException {
  @UuidField(template)
  id: string;
}

export class RemoveOccurrence extends ChangeScopeQuery {
  @UuidField(template)
  id: string;

  @OriginalStartField(originalStart)
  original_start: string;
}

export class ChangeOccurrence extends RemoveOccurrence {
  @ObjectField(() => OccurrencePatch, { description: 'A merge patch.' })
  patch: OccurrencePatch;
}

export class ExceptionId extends TemplateId {
  @OriginalStartField(originalStart)
  original_start: string;
}

type Shape<Request, Reply> = { name: string; request: new () => Request; reply?: new () => Reply };

function reads<Request, Reply>(
  shape: Shape<Request, Reply>,
  entityTag?: (reply: Reply) => string,
): RequestContract<Request, Reply> {
  const exposure = exposed({ scope: 'recurrence:read', ...(entityTag && { entityTag }) });
  return defineRequest({ module, ...shape, ...exposure, idempotent: true, timeoutMs: TIMEOUT_MS });
}

function makes<Request, Reply>(
  shape: Shape<Request, Reply>,
  entityTag?: (reply: Reply) => string,
): RequestContract<Request, Reply> {
  const exposure = exposed({ scope: 'recurrence:write', replayable: true, ...(entityTag && { entityTag }) });
  return defineRequest({ module, ...shape, ...exposure, timeoutMs: TIMEOUT_MS });
}

function changes<Request, Reply = void>(
  shape: Shape<Request, Reply>,
  { guarded, entityTag }: { guarded: boolean; entityTag?: (reply: Reply) => string },
): RequestContract<Request, Reply> {
  const exposure = exposed({ scope: 'recurrence:write', guarded, ...(entityTag && { entityTag }) });
  return defineRequest({ module, ...shape, ...exposure, timeoutMs: TIMEOUT_MS });
}

const tagged = { guarded: true, entityTag: templateEntityTag };

export const recurrenceRequests = {
  preview: reads({ name: 'preview', request: PreviewRequest, reply: Preview }),
  createTemplate: makes({ name: 'create_template', request: CreateTemplate, reply: Template }, templateEntityTag),
  findTemplates: reads({ name: 'find_templates', request: TemplateQuery, reply: TemplatePage }),
  getTemplate: reads({ name: 'get_template', request: TemplateId, reply: Template }, templateEntityTag),
  updateTemplate: changes({ name: 'update_template', request: UpdateTemplate, reply: Template }, tagged),
  deleteTemplate: changes<TemplateId>({ name: 'delete_template', request: TemplateId }, { guarded: true }),
  diffTemplate: reads({ name: 'diff_template', request: UpdateTemplate, reply: TemplateDiff }),
  pauseTemplate: makes({ name: 'pause_template', request: TemplateId, reply: Template }, templateEntityTag),
  resumeTemplate: makes(
    { name: 'resume_template', request: ResumeTemplateRequest, reply: Template },
    templateEntityTag,
  ),
  endTemplate: makes({ name: 'end_template', request: TemplateId, reply: Template }, templateEntityTag),
  findOccurrences: reads({ name: 'find_occurrences', request: FindOccurrences, reply: OccurrencePage }),
  changeOccurrence: changes(
    { name: 'change_occurrence', request: ChangeOccurrence, reply: OccurrenceChange },
    { guarded: false },
  ),
  removeOccurrence: changes<RemoveOccurrence>(
    { name: 'remove_occurrence', request: RemoveOccurrence },
    { guarded: false },
  ),
  createException: makes({ name: 'create_exception', request: CreateExceptionOf, reply: OccurrenceException }),
  findExceptions: reads({ name: 'find_exceptions', request: FindExceptions, reply: ExceptionPage }),
  undoException: changes<ExceptionId>({ name: 'undo_exception', request: ExceptionId }, { guarded: false }),
} as const;

export const recurrenceContracts: readonly Contract[] = Object.values(recurrenceRequests);
