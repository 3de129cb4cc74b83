import { EnumField } from '@mono/contract';
import { ReportQuery } from '../../contract/index.js';

export const REPORT_FORMATS = ['json', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export class ReportRequest extends ReportQuery {
  @EnumField({
    description:
      'As `Accept` would say it. `csv`: all rows at once, so without `limit` and `cursor`, and without the total; an apostrophe stands before what a spreadsheet would compute.',
    values: REPORT_FORMATS,
    enumName: 'ReportFormat',
    default: 'json',
    optional: true,
  })
  format?: ReportFormat;
}
