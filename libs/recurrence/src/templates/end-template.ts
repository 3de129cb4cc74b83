// Ends and deletes templates, and returns those that have ended with their list. Future tasks are removed, except those that users
// have worked on.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { templateEvents, type TemplateEvent } from '../../contract/recurrence.events.js';
import { changesBetween, returnedTo, standingOf, type TemplateState } from '../domain/template-state.js';
import { publishTemplateEvent } from '../persistence/publish-events.js';
import { saveMarks, updateTemplate, type TemplateRow } from '../persistence/templates.store.js';

/** On a locked row that has not ended. @param withList whether it returns when its list is restored. */
export async function endTemplate(
  on: Executor,
  context: CallContext,
  row: TemplateRow,
  { origin = 'user', withList = false }: { origin?: TemplateEvent['origin']; withList?: boolean } = {},
): Promise<TemplateRow> {
  const state: TemplateState = {
    ...row,
    status: 'ended',
    paused_at: null,
    ended_at: new Date().toISOString(),
    resumes_at: null,
    ends_at: null,
  };
  const marks = { before_list_deletion: withList ? standingOf(row) : null };
  const ended = await updateTemplate(on, row, state, { replan: 'what is planned', marks });
  await publishTemplateEvent(on, context, templateEvents.template_ended, ended, changesBetween(row, state), origin);
  return ended;
}

/** On a locked row. @param permanent whether it is erased instead of put into the trash. */
export async function deleteTemplate(
  on: Executor,
  context: CallContext,
  row: TemplateRow,
  permanent = false,
): Promise<void> {
  const now = new Date().toISOString();
  const state: TemplateState = { ...row, status: 'ended', paused_at: null, ended_at: row.ended_at ?? now };
  const { kind, id } = context.principal;
  const gone = await updateTemplate(on, row, state, {
    replan: 'what is planned',
    marks: {
      deleted_at: now,
      deleted_by: { kind, id },
      before_deletion: permanent ? null : standingOf(row),
      purge: permanent,
    },
  });
  const changes = changesBetween(row, undefined);
  await publishTemplateEvent(on, context, templateEvents.template_deleted, gone, changes, 'user', { permanent });
}

/** On a locked row. Nothing happens unless it has ended with its list; in the trash, it returns to what it was before that. */
export async function returnTemplate(on: Executor, context: CallContext, row: TemplateRow): Promise<void> {
  const { before_list_deletion: before } = row;
  if (before === null) return;
  if (row.deleted_at !== null) {
    const before_deletion = row.before_deletion && before;
    await saveMarks(on, row, { before_deletion, before_list_deletion: null });
    return;
  }
  const state = returnedTo<TemplateState>(row, before, new Date().toISOString());
  const replan = state.status === 'active' ? 'from its start' : 'what is planned';
  const returned = await updateTemplate(on, row, state, { replan, marks: { before_list_deletion: null } });
  const event = state.status === 'active' ? templateEvents.template_resumed : templateEvents.template_paused;
  await publishTemplateEvent(on, context, event, returned, changesBetween(row, state), 'tasks');
}
