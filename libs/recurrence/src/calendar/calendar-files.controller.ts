// Calendars as bodies: an export is a text, an import may be one.
import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiExtension, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Bus } from '@mono/bus';
import type { CallContext, Replayable } from '@mono/contract';
import {
  AnswersText,
  CallContextParam,
  callOperation,
  ENTITY_TAG,
  ERROR_CODES,
  IdParam,
  Replays,
  RequireScope,
  TakesText,
} from '@mono/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  CALENDAR_TYPE,
  CalendarQuery,
  calendarsOperations,
  ImportCalendar,
  ImportedCalendar,
  ImportQuery,
  type CalendarFile,
} from '../../contract/index.js';
import { replyCalendar } from './calendar-reply.js';

const { exportTemplate, importCalendar } = calendarsOperations;

@ApiTags('calendars')
@Controller('v1/templates')
export class CalendarFilesController {
  constructor(@Inject(Bus) private readonly bus: Bus) {}

  @Get(':id.ics')
  @RequireScope(exportTemplate.scope)
  @AnswersText(CALENDAR_TYPE)
  @ApiExtension(ENTITY_TAG, true)
  @ApiOperation({
    operationId: exportTemplate.key,
    summary: exportTemplate.summary,
    description: exportTemplate.description ?? '',
  })
  @ApiOkResponse({
    content: { [CALENDAR_TYPE]: { schema: { type: 'string', example: 'BEGIN:VCALENDAR\r\n…END:VCALENDAR\r\n' } } },
    description: 'The occurrences as one recurring event or to-do, with its exceptions.',
  })
  @ApiExtension(ERROR_CODES, exportTemplate.errors)
  async exportTemplate(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
    @Query() query: CalendarQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { body } = await callOperation(this.bus, exportTemplate, Object.assign({ id }, query), context);
    return replyCalendar(request, reply, body as CalendarFile);
  }

  @Post('import')
  @HttpCode(201)
  @RequireScope(importCalendar.scope)
  @Replays()
  @TakesText(CALENDAR_TYPE)
  @ApiOperation({
    operationId: importCalendar.key,
    summary: importCalendar.summary,
    description:
      'Imports all of them or none; an error names the UID and the property that cannot be imported. The calendar is the body itself (`text/calendar`) or its field `content`.',
  })
  @ApiCreatedResponse({ type: ImportedCalendar, description: importCalendar.answer })
  @ApiExtension(ERROR_CODES, importCalendar.errors)
  importCalendar(
    @CallContextParam() context: CallContext,
    @Query() { list_id: listId }: ImportQuery,
    @Body() input: ImportCalendar,
  ): Promise<Replayable<ImportedCalendar>> {
    const calendar = Object.assign({ list_id: listId }, input);
    return callOperation(this.bus, importCalendar, calendar, context) as Promise<Replayable<ImportedCalendar>>;
  }
}
