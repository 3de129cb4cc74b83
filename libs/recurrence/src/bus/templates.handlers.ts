import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf, replying } from '@mono/platform';
import {
  RecurrenceApi,
  recurrenceRequests,
  type CreateTemplate,
  type Preview,
  type PreviewRequest,
  type ResumeTemplateRequest,
  type Template,
  type TemplateDiff,
  type TemplateId,
  type TemplatePage,
  type TemplateQuery,
  type UpdateTemplate,
} from '../../contract/index.js';

@Controller()
export class TemplatesHandlers {
  constructor(@Inject(RecurrenceApi) private readonly recurrence: RecurrenceApi) {}

  @RequestHandler(recurrenceRequests.preview)
  preview(request: PreviewRequest, context: BusContext): Promise<Preview> {
    return this.recurrence.preview(callContextOf(context), request);
  }

  @RequestHandler(recurrenceRequests.createTemplate)
  createTemplate(input: CreateTemplate, context: BusContext): Promise<Template> {
    return replying(context, this.recurrence.createTemplate(callContextOf(context), input));
  }

  @RequestHandler(recurrenceRequests.findTemplates)
  findTemplates(query: TemplateQuery, context: BusContext): Promise<TemplatePage> {
    return this.recurrence.findTemplates(callContextOf(context), query);
  }

  @RequestHandler(recurrenceRequests.getTemplate)
  getTemplate({ id }: TemplateId, context: BusContext): Promise<Template> {
    return this.recurrence.getTemplate(callContextOf(context), id);
  }

  @RequestHandler(recurrenceRequests.updateTemplate)
  updateTemplate({ id, patch }: UpdateTemplate, context: BusContext): Promise<Template> {
    return this.recurrence.updateTemplate(callContextOf(context), id, patch);
  }

  @RequestHandler(recurrenceRequests.deleteTemplate)
  deleteTemplate({ id }: TemplateId, context: BusContext): Promise<void> {
    return this.recurrence.deleteTemplate(callContextOf(context), id);
  }

  @RequestHandler(recurrenceRequests.diffTemplate)
  diffTemplate({ id, patch }: UpdateTemplate, context: BusContext): Promise<TemplateDiff> {
    return this.recurrence.diffTemplate(callContextOf(context), id, patch);
  }

  @RequestHandler(recurrenceRequests.pauseTemplate)
  pauseTemplate({ id }: TemplateId, context: BusContext): Promise<Template> {
    return replying(context, this.recurrence.pauseTemplate(callContextOf(context), id));
  }

  @RequestHandler(recurrenceRequests.resumeTemplate)
  resumeTemplate({ id, ...input }: ResumeTemplateRequest, context: BusContext): Promise<Template> {
    return replying(context, this.recurrence.resumeTemplate(callContextOf(context), id, input));
  }

  @RequestHandler(recurrenceRequests.endTemplate)
  endTemplate({ id }: TemplateId, context: BusContext): Promise<Template> {
    return replying(context, this.recurrence.endTemplate(callContextOf(context), id));
  }
}
