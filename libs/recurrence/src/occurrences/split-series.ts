// Splits a series: from one occurrence on, a new template continues it. Occurrences keep their tasks, exceptions and keys.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { templateEvents } from '../../contract/recurrence.events.js';
import { datesFrom, scheduleOf } from '../domain/dates.js';
import { laterOf } from '../domain/later-of.js';
import { withNextRevision, unwanted, isClosed, isProtected } from '../domain/ledger.js';
import { onlyTheHourChanges } from '../domain/rekey.js';
import { changesBetween, type TemplateState } from '../domain/template-state.js';
import { occurrencesOf, saveOccurrences } from '../persistence/occurrences.store.js';
import { publishTemplateEvent } from '../persistence/publish-events.js';
import { insertTemplate, updateTemplate, type TemplateRow } from '../persistence/templates.store.js';
import { changedState, rekey, type TemplateChange } from '../templates/change-template.js';
import { requireNotEnded } from '../templates/require-template.js';

const NONE: ReadonlySet<string> = new Set();

/** Whether the template has no earlier occurrence, so that a split would be a change of the whole template. */
export async function isFirst(on: Executor, row: TemplateRow, originalStart: string): Promise<boolean> {
  const [date] = row.starts_from === null ? scheduleOf(row).between() : datesFrom(row, row.starts_from);
  if (date && date.originalStart < originalStart) return false;
  const earlier = await occurrencesOf(on, row, '', originalStart);
  return earlier.length === 0;
}

/** On a locked row. @returns the new template. */
export async function splitSeries(
  on: Executor,
  context: CallContext,
  row: TemplateRow,
  originalStart: string,
  change: TemplateChange,
): Promise<TemplateRow> {
  const ruleChanges = change.patch.rule !== undefined;
  const state: TemplateState = {
    ...changedState(row, change),
    starts_from: ruleChanges ? startOfDay(originalStart) : originalStart,
    ends_before: row.ends_before,
    plan_from: laterOf(row.plan_from, new Date().toISOString()),
  };
  const sameDays = ruleChanges && onlyTheHourChanges(row.rule, state.rule);
  const moved = sameDays ? await rekey(on, row, state, originalStart) : NONE;
  const following = await occurrencesOf(on, row, state.starts_from ?? originalStart);
  await cut(on, context, row, originalStart);
  const ids = { id: uuidv7(), workspace_id: row.workspace_id, series_id: row.series_id };
  const next = await insertTemplate(on, ids, state);
  await saveOccurrences(
    on,
    following
      // Earlier occurrences of the first day stay, unless they have just got the new hour.
      .filter((was) => was.original_start >= originalStart || moved.has(was.task_id))
      .map((was) => ({ was, row: withNextRevision({ ...was, template_id: next.id }) })),
  );
  await publishTemplateEvent(on, context, templateEvents.template_created, next, changesBetween(undefined, state));
  return next;
}

/** On a locked row: the series ends before the occurrence. */
export async function cutSeries(
  on: Executor,
  context: CallContext,
  row: TemplateRow,
  originalStart: string,
): Promise<TemplateRow> {
  const following = await occurrencesOf(on, row, originalStart);
  await saveOccurrences(
    on,
    following
      .filter((was) => was.wanted && !isProtected(was) && !isClosed(was))
      .map((was) => ({ was, row: unwanted({ ...was, fits: false }) })),
  );
  return cut(on, context, row, originalStart);
}

async function cut(on: Executor, context: CallContext, row: TemplateRow, originalStart: string): Promise<TemplateRow> {
  requireNotEnded(row);
  const state: TemplateState = { ...row, ends_before: originalStart };
  const updated = await updateTemplate(on, row, state, { replan: 'as planned' });
  await publishTemplateEvent(on, context, templateEvents.template_split, updated, changesBetween(row, state));
  return updated;
}

/** The new hour may be earlier on the same day; intervals have no days. */
function startOfDay(originalStart: string): string {
  return originalStart.endsWith('Z') ? originalStart : `${originalStart.slice(0, 10)}T00:00:00`;
}
