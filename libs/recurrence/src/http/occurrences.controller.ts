import { Body, Controller, Delete, Get, HttpCode, Inject, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import { CallContextParam, Creates, GuardedByVersion, IdParam, RequireScope } from '@mono/platform';
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
  RecurrenceApi,
} from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';
import { OriginalStartParam } from './original-start-param.js';

@ApiTags('occurrences')
@Controller('v1/templates/:id')
export class OccurrencesController {
  constructor(@Inject(RecurrenceApi) private readonly recurrence: RecurrenceApi) {}

  @Get('occurrences')
  @RequireScope('recurrence:read')
  @ApiOperation({ operationId: 'findOccurrences', summary: 'Page through the occurrences of a template' })
  @ApiOkResponse({ type: OccurrencePage, description: 'A page of occurrences, also of those that have no task yet.' })
  @ApiErrors('template_not_found', 'rule_too_expensive')
  findOccurrences(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
    @Query() query: OccurrenceQuery,
  ): Promise<OccurrencePage> {
    return this.recurrence.findOccurrences(context, id, query);
  }

  @Patch('occurrences/:original_start')
  @RequireScope('recurrence:write')
  @GuardedByVersion()
  @ApiOperation({
    operationId: 'changeOccurrence',
    summary: 'Change an occurrence, it and those that follow, or all that are to come',
    description: 'The ETag is that of the template.',
  })
  @ApiOkResponse({ type: OccurrenceChange, description: 'What there is after the change.' })
  @ApiErrors(
    'template_not_found',
    'occurrence_not_found',
    'list_not_found',
    'occurrence_past',
    'occurrence_closed',
    'template_ended',
    'rule_too_expensive',
  )
  changeOccurrence(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
    @OriginalStartParam('occurrence') originalStart: string,
    @Query() { scope = 'this' }: ChangeScopeQuery,
    @Body() patch: OccurrencePatch,
  ): Promise<OccurrenceChange> {
    return this.recurrence.changeOccurrence(context, id, originalStart, scope, patch);
  }

  @Delete('occurrences/:original_start')
  @HttpCode(204)
  @RequireScope('recurrence:write')
  @GuardedByVersion()
  @ApiOperation({
    operationId: 'removeOccurrence',
    summary: 'Drop an occurrence, it and those that follow, or all that are to come',
    description: 'The ETag is that of the template.',
  })
  @ApiNoContentResponse({ description: 'It does not take place.' })
  @ApiErrors(
    'template_not_found',
    'occurrence_not_found',
    'occurrence_past',
    'occurrence_closed',
    'template_ended',
    'rule_too_expensive',
  )
  removeOccurrence(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
    @OriginalStartParam('occurrence') originalStart: string,
    @Query() { scope = 'this' }: ChangeScopeQuery,
  ): Promise<void> {
    return this.recurrence.removeOccurrence(context, id, originalStart, scope);
  }

  @Post('exceptions')
  @RequireScope('recurrence:write')
  @Creates(
    ({ template_id: id, original_start: start }: OccurrenceException) => `/v1/templates/${id}/exceptions/${start}`,
  )
  @ApiOperation({ operationId: 'createException', summary: 'Skip, move or edit one occurrence' })
  @ApiCreatedResponse({ type: OccurrenceException, description: 'The exception.' })
  @ApiErrors(
    'template_not_found',
    'occurrence_not_found',
    'list_not_found',
    'occurrence_past',
    'occurrence_closed',
    'template_ended',
    'rule_too_expensive',
  )
  createException(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
    @Body() input: CreateException,
  ): Promise<Replayable<OccurrenceException>> {
    return this.recurrence.createException(context, id, input);
  }

  @Get('exceptions')
  @RequireScope('recurrence:read')
  @ApiOperation({ operationId: 'findExceptions', summary: 'Page through the exceptions of a template' })
  @ApiOkResponse({ type: ExceptionPage, description: 'A page of exceptions.' })
  @ApiErrors('template_not_found')
  findExceptions(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
    @Query() query: ExceptionQuery,
  ): Promise<ExceptionPage> {
    return this.recurrence.findExceptions(context, id, query);
  }

  @Delete('exceptions/:original_start')
  @HttpCode(204)
  @RequireScope('recurrence:write')
  @ApiOperation({ operationId: 'undoException', summary: 'Undo an exception' })
  @ApiNoContentResponse({ description: 'The occurrence is again what the template says.' })
  @ApiErrors(
    'template_not_found',
    'exception_not_found',
    'occurrence_past',
    'occurrence_closed',
    'template_ended',
    'rule_too_expensive',
  )
  undoException(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
    @OriginalStartParam('exception') originalStart: string,
  ): Promise<void> {
    return this.recurrence.undoException(context, id, originalStart);
  }
}
