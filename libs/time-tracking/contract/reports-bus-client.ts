// Reports where the module does not run: each method is its request.
import type { Bus } from '@mono/bus';
import type { CallContext } from '@mono/contract';
import { callOptionsOf } from '@mono/platform';
import type { ReportRows, ReportRowsQuery } from './report-rows.js';
import type { FlowQuery, ReportQuery, TimeFlow, TimeReport } from './report.js';
import { ReportsApi } from './reports-api.js';
import { timeTrackingRequests } from './requests.js';

export class ReportsBusClient extends ReportsApi {
  constructor(private readonly bus: Bus) {
    super();
  }

  report(context: CallContext, query: ReportQuery): Promise<TimeReport> {
    return this.bus.request(timeTrackingRequests.report, query, callOptionsOf(context));
  }

  reportRows(context: CallContext, query: ReportRowsQuery): Promise<ReportRows> {
    return this.bus.request(timeTrackingRequests.reportRows, query, callOptionsOf(context));
  }

  flow(context: CallContext, query: FlowQuery): Promise<TimeFlow> {
    return this.bus.request(timeTrackingRequests.flow, query, callOptionsOf(context));
  }
}
