// Pauses and resumes templates, and sets when one ends by itself. All on locked rows that have not ended.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { templateEvents, type TemplateEvent } from '../../contract/recurrence.events.js';
import type { MissedPolicy } from '../../contract/template-constants.js';
import { changesBetween, type TemplateState } from '../domain/template-state.js';
import { publishTemplateEvent } from '../persistence/publish-events.js';
import { updateTemplate, type TemplateRow } from '../persistence/templates.store.js';

/** @param resumesAt RFC 3339; null for never. */
export async function pauseTemplate(
  on: Executor,
  context: CallContext,
  row: TemplateRow,
  resumesAt: string | null,
): Promise<TemplateRow> {
  const isPaused = row.status === 'paused';
  if (isPaused && sameTime(row.resumes_at, resumesAt)) return row;
  const paused_at = row.paused_at ?? new Date().toISOString();
  const state: TemplateState = { ...row, status: 'paused', paused_at, resumes_at: resumesAt };
  const paused = await updateTemplate(on, row, state, { replan: isPaused ? 'as planned' : 'what is planned' });
  const event = isPaused ? templateEvents.template_updated : templateEvents.template_paused;
  await publishTemplateEvent(on, context, event, paused, changesBetween(row, state));
  return paused;
}

export async function resumeTemplate(
  on: Executor,
  context: CallContext,
  row: TemplateRow,
  { missed, planFrom }: { missed: MissedPolicy; planFrom: string },
  origin: TemplateEvent['origin'] = 'user',
): Promise<TemplateRow> {
  const state: TemplateState = { ...row, status: 'active', paused_at: null, resumes_at: null, plan_from: planFrom };
  const resumed = await updateTemplate(on, row, state, { replan: 'from its start' });
  const changes = { ...changesBetween(row, state), missed: { from: null, to: missed } };
  await publishTemplateEvent(on, context, templateEvents.template_resumed, resumed, changes, origin);
  return resumed;
}

/** @param endsAt RFC 3339; null: not any more. */
export async function scheduleEnd(
  on: Executor,
  context: CallContext,
  row: TemplateRow,
  endsAt: string | null,
): Promise<TemplateRow> {
  if (sameTime(row.ends_at, endsAt)) return row;
  const state: TemplateState = { ...row, ends_at: endsAt };
  const updated = await updateTemplate(on, row, state, { replan: 'as planned' });
  await publishTemplateEvent(on, context, templateEvents.template_updated, updated, changesBetween(row, state));
  return updated;
}

function sameTime(one: string | null, other: string | null): boolean {
  return one === null || other === null ? one === other : Date.parse(one) === Date.parse(other);
}
