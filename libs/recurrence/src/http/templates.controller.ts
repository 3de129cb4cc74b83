import { Body, Controller, Delete, Get, HttpCode, Inject, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import {
  CallContextParam,
  Creates,
  GuardedByVersion,
  IdParam,
  Replays,
  RequireScope,
  WithEntityTag,
} from '@mono/platform';
import {
  CreateTemplate,
  RecurrenceApi,
  ResumeTemplate,
  Template,
  TemplateDiff,
  templateEntityTag,
  TemplatePage,
  TemplatePatch,
  TemplateQuery,
} from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';

@ApiTags('templates')
@Controller('v1/templates')
export class TemplatesController {
  constructor(@Inject(RecurrenceApi) private readonly recurrence: RecurrenceApi) {}

  @Post()
  @RequireScope('recurrence:write')
  @Creates((template: Template) => `/v1/templates/${template.id}`)
  @WithEntityTag(templateEntityTag)
  @ApiOperation({ operationId: 'createTemplate', summary: 'Make a template' })
  @ApiCreatedResponse({ type: Template, description: 'The new template.' })
  @ApiErrors('list_not_found', 'rule_too_expensive')
  createTemplate(
    @CallContextParam() context: CallContext,
    @Body() input: CreateTemplate,
  ): Promise<Replayable<Template>> {
    return this.recurrence.createTemplate(context, input);
  }

  @Get()
  @RequireScope('recurrence:read')
  @ApiOperation({ operationId: 'findTemplates', summary: 'Page through the templates' })
  @ApiOkResponse({ type: TemplatePage, description: 'A page of templates.' })
  findTemplates(@CallContextParam() context: CallContext, @Query() query: TemplateQuery): Promise<TemplatePage> {
    return this.recurrence.findTemplates(context, query);
  }

  @Get(':id')
  @RequireScope('recurrence:read')
  @WithEntityTag(templateEntityTag)
  @ApiOperation({ operationId: 'getTemplate', summary: 'Read a template' })
  @ApiOkResponse({ type: Template, description: 'The template.' })
  @ApiErrors('template_not_found')
  getTemplate(@CallContextParam() context: CallContext, @IdParam('template') id: string): Promise<Template> {
    return this.recurrence.getTemplate(context, id);
  }

  @Patch(':id')
  @RequireScope('recurrence:write')
  @GuardedByVersion()
  @WithEntityTag(templateEntityTag)
  @ApiOperation({ operationId: 'updateTemplate', summary: 'Change some fields of a template, and what is to come' })
  @ApiOkResponse({ type: Template, description: 'The template after the change.' })
  @ApiErrors('template_not_found', 'list_not_found', 'template_ended', 'rule_too_expensive')
  updateTemplate(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
    @Body() patch: TemplatePatch,
  ): Promise<Template> {
    return this.recurrence.updateTemplate(context, id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('recurrence:write')
  @GuardedByVersion()
  @ApiOperation({ operationId: 'deleteTemplate', summary: 'Delete a template and what is to come of it' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiErrors('template_not_found')
  deleteTemplate(@CallContextParam() context: CallContext, @IdParam('template') id: string): Promise<void> {
    return this.recurrence.deleteTemplate(context, id);
  }

  @Post(':id/diff')
  @HttpCode(200)
  @RequireScope('recurrence:read')
  @ApiOperation({
    operationId: 'diffTemplate',
    summary: 'Show what a change of a template would do',
    description: 'Changes nothing: it may be sent as often as one likes.',
  })
  @ApiOkResponse({ type: TemplateDiff, description: 'What would become of the occurrences that are to come.' })
  @ApiErrors('template_not_found', 'list_not_found', 'template_ended', 'empty_update', 'rule_too_expensive')
  diffTemplate(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
    @Body() patch: TemplatePatch,
  ): Promise<TemplateDiff> {
    return this.recurrence.diffTemplate(context, id, patch);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @RequireScope('recurrence:write')
  @Replays()
  @WithEntityTag(templateEntityTag)
  @ApiOperation({ operationId: 'pauseTemplate', summary: 'Pause a template' })
  @ApiOkResponse({ type: Template, description: 'The paused template.' })
  @ApiErrors('template_not_found', 'template_ended')
  pauseTemplate(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
  ): Promise<Replayable<Template>> {
    return this.recurrence.pauseTemplate(context, id);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @RequireScope('recurrence:write')
  @Replays()
  @WithEntityTag(templateEntityTag)
  @ApiOperation({ operationId: 'resumeTemplate', summary: 'Let a paused template go on' })
  @ApiOkResponse({ type: Template, description: 'The template, active again.' })
  @ApiErrors('template_not_found', 'template_not_paused', 'template_ended', 'rule_too_expensive')
  resumeTemplate(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
    @Body() input: ResumeTemplate,
  ): Promise<Replayable<Template>> {
    return this.recurrence.resumeTemplate(context, id, input);
  }

  @Post(':id/end')
  @HttpCode(200)
  @RequireScope('recurrence:write')
  @Replays()
  @WithEntityTag(templateEntityTag)
  @ApiOperation({ operationId: 'endTemplate', summary: 'End a template for good' })
  @ApiOkResponse({ type: Template, description: 'The ended template.' })
  @ApiErrors('template_not_found')
  endTemplate(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
  ): Promise<Replayable<Template>> {
    return this.recurrence.endTemplate(context, id);
  }
}
