// The module's API where the module does not run: each method is its request.
import type { Bus } from '@mono/bus';
import type { CallContext, Replayable } from '@mono/contract';
import { callOptionsOf, replayed } from '@mono/platform';
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
import { RecurrenceApi } from './recurrence-api.js';
import { recurrenceRequests } from './requests.js';
import type {
  CreateTemplate,
  ResumeTemplate,
  Template,
  TemplatePage,
  TemplatePatch,
  TemplateQuery,
} from './template.js';
import type { ChangeScope } from './words.js';

export class RecurrenceBusClient extends RecurrenceApi {
  constructor(private readonly bus: Bus) {
    super();
  }

  preview(context: CallContext, request: PreviewRequest): Promise<Preview> {
    return this.bus.request(recurrenceRequests.preview, request, callOptionsOf(context));
  }

  createTemplate(context: CallContext, input: CreateTemplate): Promise<Replayable<Template>> {
    return replayed(this.bus.exchange(recurrenceRequests.createTemplate, input, callOptionsOf(context)));
  }

  findTemplates(context: CallContext, query: TemplateQuery): Promise<TemplatePage> {
    return this.bus.request(recurrenceRequests.findTemplates, query, callOptionsOf(context));
  }

  getTemplate(context: CallContext, id: string): Promise<Template> {
    return this.bus.request(recurrenceRequests.getTemplate, { id }, callOptionsOf(context));
  }

  updateTemplate(context: CallContext, id: string, patch: TemplatePatch): Promise<Template> {
    return this.bus.request(recurrenceRequests.updateTemplate, { id, patch }, callOptionsOf(context));
  }

  deleteTemplate(context: CallContext, id: string): Promise<void> {
    return this.bus.request(recurrenceRequests.deleteTemplate, { id }, callOptionsOf(context));
  }

  diffTemplate(context: CallContext, id: string, patch: TemplatePatch): Promise<TemplateDiff> {
    return this.bus.request(recurrenceRequests.diffTemplate, { id, patch }, callOptionsOf(context));
  }

  pauseTemplate(context: CallContext, id: string): Promise<Replayable<Template>> {
    return replayed(this.bus.exchange(recurrenceRequests.pauseTemplate, { id }, callOptionsOf(context)));
  }

  resumeTemplate(context: CallContext, id: string, input: ResumeTemplate): Promise<Replayable<Template>> {
    const request = Object.assign({ id }, input);
    return replayed(this.bus.exchange(recurrenceRequests.resumeTemplate, request, callOptionsOf(context)));
  }

  endTemplate(context: CallContext, id: string): Promise<Replayable<Template>> {
    return replayed(this.bus.exchange(recurrenceRequests.endTemplate, { id }, callOptionsOf(context)));
  }

  findOccurrences(context: CallContext, id: string, query: OccurrenceQuery): Promise<OccurrencePage> {
    return this.bus.request(recurrenceRequests.findOccurrences, Object.assign({ id }, query), callOptionsOf(context));
  }

  changeOccurrence(
    context: CallContext,
    id: string,
    originalStart: string,
    scope: ChangeScope,
    patch: OccurrencePatch,
  ): Promise<OccurrenceChange> {
    const request = { id, original_start: originalStart, scope, patch };
    return this.bus.request(recurrenceRequests.changeOccurrence, request, callOptionsOf(context));
  }

  removeOccurrence(context: CallContext, id: string, originalStart: string, scope: ChangeScope): Promise<void> {
    const request = { id, original_start: originalStart, scope };
    return this.bus.request(recurrenceRequests.removeOccurrence, request, callOptionsOf(context));
  }

  createException(context: CallContext, id: string, input: CreateException): Promise<Replayable<OccurrenceException>> {
    const request = Object.assign({ id }, input);
    return replayed(this.bus.exchange(recurrenceRequests.createException, request, callOptionsOf(context)));
  }

  findExceptions(context: CallContext, id: string, query: ExceptionQuery): Promise<ExceptionPage> {
    return this.bus.request(recurrenceRequests.findExceptions, Object.assign({ id }, query), callOptionsOf(context));
  }

  undoException(context: CallContext, id: string, originalStart: string): Promise<void> {
    return this.bus.request(
      recurrenceRequests.undoException,
      { id, original_start: originalStart },
      callOptionsOf(context),
    );
  }
}
