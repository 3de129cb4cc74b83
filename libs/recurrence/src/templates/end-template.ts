// Ends and deletes templates. Future tasks are removed, except those that users have worked on.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { templateEvents, type TemplateEvent } from '../../contract/recurrence.events.js';
import { changesBetween, type TemplateState } from '../domain/template-state.js';
import { publishTemplateEvent } from '../persistence/publish-events.js';
import { updateTemplate, type TemplateRow } from '../persistence/templates.store.js';

/** On a locked row that has not ended. */
export async function endTemplate(
  on: Executor,
  context: CallContext,
  row: TemplateRow,
  origin: TemplateEvent['origin'] = 'user',
): Promise<TemplateRow> {
  const state: TemplateState = { ...row, status: 'ended', paused_at: null, ended_at: new Date().toISOString() };
  const ended = await updateTemplate(on, row, state, { replan: 'what is planned' });
  await publishTemplateEvent(on, context, templateEvents.template_ended, ended, changesBetween(row, state), origin);
  return ended;
}

/** On a locked row. */
export async function deleteTemplate(on: Executor, context: CallContext, row: TemplateRow): Promise<void> {
  const state: TemplateState = {
    ...row,
    status: 'ended',
    paused_at: null,
    ended_at: row.ended_at ?? new Date().toISOString(),
  };
  const gone = await updateTemplate(on, row, state, { replan: 'what is planned', remove: true });
  await publishTemplateEvent(on, context, templateEvents.template_deleted, gone, changesBetween(row, undefined));
}
