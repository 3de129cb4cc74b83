import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiExtension, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import { AnswersText, CallContextParam, ENTITY_TAG, IdParam, Replays, RequireScope, TakesText } from '@mono/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  CALENDAR_TYPE,
  CalendarApi,
  CalendarQuery,
  ImportCalendar,
  ImportedCalendar,
  ImportQuery,
} from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';
import { replyCalendar } from './calendar-reply.js';

@ApiTags('calendars')
@Controller('v1/templates')
export class CalendarsController {
  constructor(@Inject(CalendarApi) private readonly calendar: CalendarApi) {}

  @Get(':id.ics')
  @RequireScope('recurrence:read')
  @AnswersText(CALENDAR_TYPE)
  @ApiExtension(ENTITY_TAG, true)
  @ApiOperation({ operationId: 'exportTemplate', summary: 'Read a template as a calendar (RFC 5545)' })
  @ApiOkResponse({
    content: { [CALENDAR_TYPE]: { schema: { type: 'string', example: 'BEGIN:VCALENDAR\r\n…END:VCALENDAR\r\n' } } },
    description: 'Its occurrences as one recurring event or to-do, those that differ beside it.',
  })
  @ApiErrors('template_not_found', 'rule_too_expensive')
  async exportTemplate(
    @CallContextParam() context: CallContext,
    @IdParam('template') id: string,
    @Query() query: CalendarQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return replyCalendar(request, reply, await this.calendar.exportTemplate(context, id, query));
  }

  @Post('import')
  @HttpCode(201)
  @RequireScope('recurrence:write')
  @Replays()
  @TakesText(CALENDAR_TYPE)
  @ApiOperation({
    operationId: 'importCalendar',
    summary: 'Make templates of the recurring events and to-dos of a calendar (RFC 5545)',
    description:
      'All of them or none: what cannot be taken is refused by the component’s UID and the property. The calendar is the body itself (`text/calendar`) or a field of it.',
  })
  @ApiCreatedResponse({ type: ImportedCalendar, description: 'The new templates.' })
  @ApiErrors('list_not_found', 'rule_too_expensive')
  importCalendar(
    @CallContextParam() context: CallContext,
    @Query() { list_id: listId }: ImportQuery,
    @Body() input: ImportCalendar,
  ): Promise<Replayable<ImportedCalendar>> {
    return this.calendar.importCalendar(context, Object.assign({ list_id: listId }, input));
  }
}
