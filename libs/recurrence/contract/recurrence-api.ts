// The module's API: what controllers and bus handlers call. Implemented by the use cases and, where the module does not
// run, by a client over the bus.
import type { CallContext, Replayable } from '@mono/contract';
import type { TemplateDiff } from './diff.js';
import type {
  CreateException,
  ExceptionPage,
  ExceptionQuery,
  OccurrenceChange,
  OccurrenceException,
  OccurrencePage,
  OccurrencePatch,
  OccurrenceQuery,
} from './occurrence.js';
import type { Preview, PreviewRequest } from './preview.js';
import type {
  CreateTemplate,
  ResumeTemplate,
  Template,
  TemplatePage,
  TemplatePatch,
  TemplateQuery,
} from './template.js';
import type { ChangeScope } from './words.js';

/** Every method throws DomainError with the codes of ./errors.ts; `context.expectedVersion` guards every change of a template. */
export abstract class RecurrenceApi {
  /** @throws InvalidInputError for a rule that is none, or that never matches, or that costs too much. */
  abstract preview(context: CallContext, request: PreviewRequest): Promise<Preview>;

  /** The tasks of the next `sync_horizon_days` are there with the answer, where tasks can be reached. @throws as preview; `list_not_found`. */
  abstract createTemplate(context: CallContext, input: CreateTemplate): Promise<Replayable<Template>>;
  abstract findTemplates(context: CallContext, query: TemplateQuery): Promise<TemplatePage>;
  abstract getTemplate(context: CallContext, id: string): Promise<Template>;
  /** Of what is to come: nothing that somebody has worked on is reset. @throws as createTemplate; `template_ended`. */
  abstract updateTemplate(context: CallContext, id: string, patch: TemplatePatch): Promise<Template>;
  /** Takes the tasks that are to come with it, save those that somebody has worked on. */
  abstract deleteTemplate(context: CallContext, id: string): Promise<void>;
  /** What updateTemplate would do. */
  abstract diffTemplate(context: CallContext, id: string, patch: TemplatePatch): Promise<TemplateDiff>;
  /** Of one that is paused, nothing changes. @throws `template_ended`. */
  abstract pauseTemplate(context: CallContext, id: string): Promise<Replayable<Template>>;
  /** @throws `template_not_paused`, `template_ended`. */
  abstract resumeTemplate(context: CallContext, id: string, input: ResumeTemplate): Promise<Replayable<Template>>;
  /** For good. Of one that has ended, nothing changes. */
  abstract endTemplate(context: CallContext, id: string): Promise<Replayable<Template>>;

  abstract findOccurrences(context: CallContext, id: string, query: OccurrenceQuery): Promise<OccurrencePage>;
  /** @throws `occurrence_past`, `occurrence_closed`, `template_ended`, `occurrence_not_found`. */
  abstract changeOccurrence(
    context: CallContext,
    id: string,
    originalStart: string,
    scope: ChangeScope,
    patch: OccurrencePatch,
  ): Promise<OccurrenceChange>;
  /** @throws as changeOccurrence. */
  abstract removeOccurrence(context: CallContext, id: string, originalStart: string, scope: ChangeScope): Promise<void>;

  /** @throws as changeOccurrence. */
  abstract createException(
    context: CallContext,
    id: string,
    input: CreateException,
  ): Promise<Replayable<OccurrenceException>>;
  abstract findExceptions(context: CallContext, id: string, query: ExceptionQuery): Promise<ExceptionPage>;
  /** The occurrence is again what the template says; one that was skipped comes back as a new task. @throws `exception_not_found`, `occurrence_past`, `occurrence_closed`. */
  abstract undoException(context: CallContext, id: string, originalStart: string): Promise<void>;
}
