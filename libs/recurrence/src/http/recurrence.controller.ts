import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext } from '@mono/contract';
import { CallContextParam, RequireScope } from '@mono/platform';
import { Preview, PreviewRequest, RecurrenceApi } from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';

@ApiTags('recurrence')
@Controller('v1/recurrence')
export class RecurrenceController {
  constructor(@Inject(RecurrenceApi) private readonly recurrence: RecurrenceApi) {}

  @Post('preview')
  @HttpCode(200)
  @RequireScope('recurrence:read')
  @ApiOperation({
    operationId: 'previewRule',
    summary: 'Show when a rule recurs',
    description: 'Changes nothing: it may be sent as often as one likes.',
  })
  @ApiOkResponse({ type: Preview, description: 'The occurrences, in the order of their local time.' })
  @ApiErrors('rule_too_expensive')
  preview(@CallContextParam() context: CallContext, @Body() request: PreviewRequest): Promise<Preview> {
    return this.recurrence.preview(context, request);
  }
}
