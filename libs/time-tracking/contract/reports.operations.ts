import { defineRequest } from '@mono/bus/contracts';
import { get, operations } from '@mono/contract';
import { ReportRows, ReportRowsQuery } from './report-rows.js';
import { FlowQuery, ReportQuery, TimeFlow, TimeReport } from './report.js';

/** Longer than a turn in the queue of expensive queries and a report take. That queue is fair among workspaces; the queue of a handler is not. */
const LIMITS = { timeoutMs: 60_000, concurrency: 512 };

export const reportsOperations = operations(
  'time-tracking',
  { tag: 'time' },
  {
    /** Its route is written by hand, because it also answers with a CSV file. */
    report: get('/v1/time/report', {
      operationId: 'getTimeReport',
      summary: 'Get a time report',
      description:
        'Sums of measured and recorded time in a period, grouped as asked: of all people, or of the caller where the workspace keeps time private. `Accept: text/csv` returns all rows as a file.',
      answer: 'The total and a page of groups.',
      scope: 'time:read',
      respectsLists: true,
      query: ReportQuery,
      reply: TimeReport,
      errors: ['query_too_expensive'],
      ...LIMITS,
    }),
    flow: get('/v1/time/flow', {
      operationId: 'getTimeFlow',
      summary: 'Get lead time, cycle time and throughput',
      description:
        'Computed from status changes of the tasks that were completed in the period: averages and percentiles, with the number of completed tasks.',
      answer: 'The figures of the tasks that were completed in the period.',
      scope: 'time:read',
      respectsLists: true,
      query: FlowQuery,
      reply: TimeFlow,
      errors: ['query_too_expensive'],
      ...LIMITS,
    }),
  },
);

/** Among nodes, on behalf of the caller of a CSV file: outside clients page through the report itself. */
export const reportRows = defineRequest({
  module: 'time-tracking',
  name: 'report_rows',
  request: ReportRowsQuery,
  reply: ReportRows,
  ...LIMITS,
  idempotent: true,
});
