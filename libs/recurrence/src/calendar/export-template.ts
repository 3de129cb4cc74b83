import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { CALENDAR_TYPE, type CalendarFile, type CalendarQuery } from '../../contract/calendar.js';
import { requireTemplate } from '../templates/require-template.js';
import { calendarOf } from './calendar-of.js';

export const CALENDAR_CONTENT_TYPE = `${CALENDAR_TYPE}; charset=utf-8`;

export async function exportTemplate(
  on: Executor,
  context: CallContext,
  id: string,
  { component = 'vevent' }: CalendarQuery,
): Promise<CalendarFile> {
  const row = await requireTemplate(on, context, id);
  return { content_type: CALENDAR_CONTENT_TYPE, content: await calendarOf(on, only([row]), { component }) };
}

async function* only<Rows>(rows: Rows): AsyncGenerator<Rows> {
  yield rows;
}
