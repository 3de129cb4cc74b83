// Reports: what controllers and bus handlers call. Implemented by the use cases and, where the module does not run, by a
// client over the bus.
import type { CallContext } from '@mono/contract';
import type { ReportRows, ReportRowsQuery } from './report-rows.js';
import type { FlowQuery, ReportQuery, TimeFlow, TimeReport } from './report.js';

/**
 * Of the lists that the caller reaches. Every method throws InvalidInputError for a time that is none, and DomainError
 * `query_too_expensive`.
 */
export abstract class ReportsApi {
  abstract report(context: CallContext, query: ReportQuery): Promise<TimeReport>;
  /** For files: the same rows, without the total, as many as go in one message. */
  abstract reportRows(context: CallContext, query: ReportRowsQuery): Promise<ReportRows>;
  abstract flow(context: CallContext, query: FlowQuery): Promise<TimeFlow>;
}
