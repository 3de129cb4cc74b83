import { Controller, Get, Inject, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { InvalidInputError, type CallContext } from '@mono/contract';
import { AlsoAnswers, CallContextParam, JSON_TYPE, prefers, RequireScope } from '@mono/platform';
import type { FastifyRequest } from 'fastify';
import { FlowQuery, ReportsApi, TimeFlow, TimeReport, type ReportQuery } from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';
import { reportFile } from './report-file.js';
import { ReportRequest } from './report-request.js';

const CSV_TYPE = 'text/csv';
const CSV_EXAMPLE = 'week,worked_seconds,entered_seconds,billable_seconds\r\n2026-W45,27000,5400,0\r\n';

@ApiTags('time')
@ApiExtraModels(TimeReport)
@Controller('v1/time')
export class ReportsController {
  constructor(@Inject(ReportsApi) private readonly reports: ReportsApi) {}

  @Get('report')
  @RequireScope('time:read')
  @AlsoAnswers(CSV_TYPE)
  @ApiOperation({ operationId: 'getTimeReport', summary: 'Read where the time has gone' })
  @ApiOkResponse({
    description: 'The total, and a page of its groups; or all groups as a file (RFC 4180, durations in seconds).',
    headers: {
      Vary: { description: '`Accept`.', schema: { type: 'string' } },
    },
    content: {
      [JSON_TYPE]: { schema: { $ref: getSchemaPath(TimeReport) } },
      [CSV_TYPE]: { schema: { type: 'string', example: CSV_EXAMPLE } },
    },
  })
  @ApiErrors('query_too_expensive')
  async report(
    @CallContextParam() context: CallContext,
    @Query() { format, ...query }: ReportRequest,
    @Req() { headers }: FastifyRequest,
  ): Promise<TimeReport | StreamableFile> {
    const isFile = format === undefined ? prefers(headers.accept, CSV_TYPE, JSON_TYPE) : format === 'csv';
    if (!isFile) return this.reports.report(context, query);
    demandWhole(query);
    return new StreamableFile(await reportFile(this.reports, context, query), {
      type: `${CSV_TYPE}; charset=utf-8; header=present`,
      disposition: `attachment; filename="${nameOf(query)}"`,
    });
  }

  @Get('flow')
  @RequireScope('time:read')
  @ApiOperation({ operationId: 'getTimeFlow', summary: 'Read how tasks flow: lead and cycle time, throughput' })
  @ApiOkResponse({ type: TimeFlow, description: 'Of the tasks that were completed in the time.' })
  @ApiErrors('query_too_expensive')
  flow(@CallContextParam() context: CallContext, @Query() query: FlowQuery): Promise<TimeFlow> {
    return this.reports.flow(context, query);
  }
}

/** @throws InvalidInputError where a page is asked for: a file has none. */
function demandWhole(query: ReportQuery): void {
  const asked = (['limit', 'cursor'] as const).filter((field) => query[field] !== undefined);
  if (asked.length === 0) return;
  throw new InvalidInputError(
    asked.map((field) => ({ field, issue: 'cannot be combined with csv, which has all rows' })),
  );
}

/** Of dates alone. */
function nameOf({ from, to }: ReportQuery): string {
  return `time-${from.slice(0, 10)}-${to.slice(0, 10)}.csv`;
}
