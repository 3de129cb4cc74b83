// Where the time has gone, and how tasks flow.
import { Controller, Inject, Injectable } from '@nestjs/common';
import { RequestHandler } from '@mono/bus';
import type { CallContext, InputOf } from '@mono/contract';
import { callContextOf, Database, Operation, type SharingExecutor } from '@mono/platform';
import {
  reportRows,
  reportsOperations as operations,
  type ReportRows,
  type ReportRowsQuery,
  type TimeFlow,
  type TimeReport,
} from '../../contract/index.js';
import { REPORT_TIME_LIMIT_MS } from '../persistence/within-time-limit.js';
import { flowOf } from './flow.js';
import { Names } from './names.js';
import { FILE_ROWS, Reports } from './report.js';

@Injectable()
export class ReportLimits {
  /** How long the database may work on an answer, in milliseconds. */
  timeMs = REPORT_TIME_LIMIT_MS;
  /** Rows on one page of a file. */
  fileRows = FILE_ROWS;
}

@Controller()
export class ReportsController {
  private readonly reports: Reports;

  constructor(
    @Inject(Database) private readonly database: SharingExecutor,
    private readonly limits: ReportLimits,
    names: Names,
  ) {
    this.reports = new Reports(database, names, limits.timeMs, limits.fileRows);
  }

  @Operation(operations.report)
  report(query: InputOf<typeof operations.report>, call: CallContext): Promise<TimeReport> {
    return this.reports.page(call, query);
  }

  @RequestHandler(reportRows, callContextOf)
  reportRows(query: ReportRowsQuery, call: CallContext): Promise<ReportRows> {
    return this.reports.rows(call, query);
  }

  @Operation(operations.flow)
  flow(query: InputOf<typeof operations.flow>, call: CallContext): Promise<TimeFlow> {
    return flowOf(this.database, this.limits.timeMs, call, query);
  }
}
