// Where the time has gone, and how tasks flow.
import type { CallContext } from '@mono/contract';
import type { SharingExecutor } from '@mono/platform';
import {
  ReportsApi,
  type FlowQuery,
  type ReportQuery,
  type ReportRows,
  type ReportRowsQuery,
  type TimeFlow,
  type TimeReport,
} from '../../contract/index.js';
import { REPORT_TIME_LIMIT_MS } from '../persistence/within-time-limit.js';
import { flowOf } from './flow.js';
import { FILE_ROWS, Reports } from './report.js';

export class ReportsUseCases extends ReportsApi {
  private readonly reports: Reports;

  /** @param limitMs how long the database may work on an answer. @param fileRows on one page of a file. */
  constructor(
    private readonly database: SharingExecutor,
    private readonly limitMs: number = REPORT_TIME_LIMIT_MS,
    fileRows: number = FILE_ROWS,
  ) {
    super();
    this.reports = new Reports(database, limitMs, fileRows);
  }

  report(context: CallContext, query: ReportQuery): Promise<TimeReport> {
    return this.reports.page(context, query);
  }

  reportRows(context: CallContext, query: ReportRowsQuery): Promise<ReportRows> {
    return this.reports.rows(context, query);
  }

  flow(context: CallContext, query: FlowQuery): Promise<TimeFlow> {
    return flowOf(this.database, this.limitMs, context, query);
  }
}
