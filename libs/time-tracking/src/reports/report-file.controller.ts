// The route of reports: JSON, or a CSV file.
import { Controller, Get, Inject, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { Bus } from '@mono/bus';
import { callOptionsOf, InvalidInputError, type CallContext } from '@mono/contract';
import {
  AlsoAnswers,
  callOperation,
  CallContextParam,
  documentedErrors,
  JSON_TYPE,
  prefers,
  RequireScope,
} from '@mono/platform';
import type { FastifyRequest } from 'fastify';
import { reportRows, reportsOperations, TimeReport, type ReportQuery } from '../../contract/index.js';
import { reportFile } from './report-file.js';
import { ReportRequest } from './report-request.js';

const CSV_TYPE = 'text/csv';
const CSV_EXAMPLE =
  'week,worked_seconds,entered_seconds,billable_seconds,worked_hours,entered_hours,billable_hours\r\n2026-W45,27000,5400,0,7.5,1.5,0\r\n';
const { operationId, summary, description = '', errors } = reportsOperations.report;
const ApiErrors = documentedErrors(errors);

@ApiTags('time')
@ApiExtraModels(TimeReport)
@Controller('v1/time')
export class ReportFileController {
  constructor(@Inject(Bus) private readonly bus: Bus) {}

  @Get('report')
  @RequireScope('time:read')
  @AlsoAnswers(CSV_TYPE)
  @ApiOperation({ operationId, summary, description })
  @ApiOkResponse({
    description:
      'The total and a page of groups, or all groups as a file (RFC 4180; durations in whole seconds and in decimal hours).',
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
    if (!isFile) return (await callOperation(this.bus, reportsOperations.report, query, context)).body as TimeReport;
    requireNoPage(query);
    const file = await reportFile(
      (page) => this.bus.request(reportRows, page, { ...callOptionsOf(context), route: 'local-first' }),
      query,
    );
    return new StreamableFile(file, {
      type: `${CSV_TYPE}; charset=utf-8; header=present`,
      disposition: `attachment; filename="${nameOf(query)}"`,
    });
  }
}

/** @throws InvalidInputError where a page is asked for: a file has none. */
function requireNoPage(query: ReportQuery): void {
  const asked = (['limit', 'cursor'] as const).filter((field) => query[field] !== undefined);
  if (asked.length === 0) return;
  throw new InvalidInputError(
    asked.map((field) => ({ field, code: 'not_combinable', issue: 'cannot be combined with csv, which has all rows' })),
  );
}

/** Of dates alone. */
function nameOf({ from, to }: ReportQuery): string {
  return `time-${from.slice(0, 10)}-${to.slice(0, 10)}.csv`;
}
