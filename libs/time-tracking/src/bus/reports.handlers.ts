import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf } from '@mono/platform';
import {
  ReportsApi,
  timeTrackingRequests,
  type FlowQuery,
  type ReportQuery,
  type ReportRows,
  type ReportRowsQuery,
  type TimeFlow,
  type TimeReport,
} from '../../contract/index.js';

@Controller()
export class ReportsHandlers {
  constructor(@Inject(ReportsApi) private readonly reports: ReportsApi) {}

  @RequestHandler(timeTrackingRequests.report)
  report(query: ReportQuery, context: BusContext): Promise<TimeReport> {
    return this.reports.report(callContextOf(context), query);
  }

  @RequestHandler(timeTrackingRequests.reportRows)
  reportRows(query: ReportRowsQuery, context: BusContext): Promise<ReportRows> {
    return this.reports.reportRows(callContextOf(context), query);
  }

  @RequestHandler(timeTrackingRequests.flow)
  flow(query: FlowQuery, context: BusContext): Promise<TimeFlow> {
    return this.reports.flow(callContextOf(context), query);
  }
}
