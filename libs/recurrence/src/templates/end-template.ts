// Ending a template: what is to come of it goes, what somebody has worked on stays.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { RecurrenceEvent } from '../../contract/events.js';
import { changesBetween, type TemplateState } from '../domain/template-state.js';
import { tellOfTemplate } from '../persistence/recurrence-events.js';
import { updateTemplate, type TemplateRow } from '../persistence/template-rows.js';

/** Of a row that is locked and has not ended. */
export async function endInName(
  on: Executor,
  context: CallContext,
  row: TemplateRow,
  origin: RecurrenceEvent['origin'] = 'user',
): Promise<TemplateRow> {
  const state: TemplateState = { ...row, status: 'ended', paused_at: null, ended_at: new Date().toISOString() };
  const ended = await updateTemplate(on, row, state, { replan: 'what is planned' });
  await tellOfTemplate(on, context, 'template_ended', ended, changesBetween(row, state), origin);
  return ended;
}

/** Of a row that is locked; afterwards nobody finds it. */
export async function deleteInName(on: Executor, context: CallContext, row: TemplateRow): Promise<void> {
  const state: TemplateState = {
    ...row,
    status: 'ended',
    paused_at: null,
    ended_at: row.ended_at ?? new Date().toISOString(),
  };
  const gone = await updateTemplate(on, row, state, { replan: 'what is planned', remove: true });
  await tellOfTemplate(on, context, 'template_deleted', gone, changesBetween(row, undefined));
}
