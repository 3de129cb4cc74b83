// Changes a template. Future occurrences follow, past ones do not.
import type { CallContext } from '@mono/contract';
import type { Executor, NamedMember } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import { templateEvents } from '../../contract/recurrence.events.js';
import type { TemplatePatch } from '../../contract/template.js';
import { keyBefore, scheduleOf } from '../domain/dates.js';
import { mergedRule, withZone } from '../domain/merge-rule.js';
import { Schedule } from '../domain/schedule.js';
import { laterOf } from '../domain/later-of.js';
import { isClosed, isPast, withNextRevision } from '../domain/ledger.js';
import { onlyTheHourChanges, rekeyed } from '../domain/rekey.js';
import { subtasksGiven } from '../domain/subtasks.js';
import { changesBetween, requireOneHorizon, withFields, type TemplateState } from '../domain/template-state.js';
import { occurrencesByKey, occurrencesOf, saveOccurrences } from '../persistence/occurrences.store.js';
import { occurrencesToCome } from '../persistence/planning.store.js';
import { publishTemplateEvent } from '../persistence/publish-events.js';
import { updateTemplate, type Replanning, type TemplateRow } from '../persistence/templates.store.js';
import { requireNotEnded } from './require-template.js';
import type { References } from './references.js';

/** A patch with its references. */
export interface TemplateChange {
  patch: TemplatePatch;
  /** The new zone of the rule; undefined if it stays. */
  zone?: string;
  /** The new assignees, of subtasks as well. */
  members: readonly NamedMember[];
}

/** @throws InvalidInputError, NotFoundError `list_not_found`. */
export async function readChange(
  context: CallContext,
  row: Pick<TemplateRow, 'list_id' | 'rule'>,
  patch: TemplatePatch,
  references: References,
): Promise<TemplateChange> {
  if (Object.values(patch).every((value) => value === undefined)) {
    throw new InvalidInputError([{ field: 'body', code: 'empty', issue: 'must have at least one field' }]);
  }
  const { fields, members } = await references.resolve(context, patch);
  const ofSubtasks = await references.requireAssigneesOf(context, patch.subtasks);
  const named = { patch: fields, members: [...members, ...ofSubtasks] };
  const timezone = patch.rule?.timezone;
  // A rule of an earlier release that names no zone follows the workspace.
  const stays = timezone === undefined || (timezone ?? row.rule.timezone ?? null) === null;
  if (stays) return named;
  return { ...named, zone: timezone ?? (await references.zoneIn(context, fields.list_id ?? row.list_id)) };
}

/** The state after the change. @throws InvalidInputError, also for a rule that is invalid or too expensive after the merge. */
export function changedState(row: TemplateState, { patch, zone: given }: TemplateChange): TemplateState {
  const { rule: changes, subtasks, ...fields } = patch;
  requireOneHorizon(fields, row);
  const state = withFields(row, fields);
  if (subtasks) state.subtasks = subtasksGiven(subtasks, row.subtasks);
  if (!changes) return state;
  const merged = mergedRule(row.rule, changes);
  const rule = given === undefined ? merged : withZone(merged, given);
  const zone = given ?? row.zone;
  Schedule.of(rule, zone);
  return { ...state, rule, zone };
}

/** On a locked row. @throws ConflictError `template_ended`. */
export async function changeLocked(
  on: Executor,
  context: CallContext,
  row: TemplateRow,
  change: TemplateChange,
): Promise<TemplateRow> {
  requireNotEnded(row);
  const state = changedState(row, change);
  const changes = changesBetween(row, state);
  if (Object.keys(changes).length === 0 && state.zone === row.zone) return row;
  const replan = replanningOf(row, state);
  if (replan === 'from its start') {
    if (onlyTheHourChanges(row.rule, state.rule)) await rekey(on, row, state);
    state.plan_from = laterOf(row.plan_from, new Date().toISOString());
  }
  const updated = await updateTemplate(on, row, state, { replan });
  await publishTemplateEvent(on, context, templateEvents.template_updated, updated, changes);
  return updated;
}

function replanningOf(from: TemplateState, to: TemplateState): Replanning {
  const differs = (field: keyof TemplateState): boolean => JSON.stringify(from[field]) !== JSON.stringify(to[field]);
  if (differs('rule') || differs('zone') || differs('anchor')) return 'from its start';
  const onlyHorizons = !CONTENT.some(differs);
  return onlyHorizons ? 'as planned' : 'what is planned';
}

const CONTENT = [
  'list_id',
  'title',
  'description',
  'priority',
  'tags',
  'assignee_id',
  'estimated_duration',
  'due_offset',
  'subtasks',
] as const satisfies readonly (keyof TemplateState)[];

/** Before the template changes: future occurrences get the keys of the new hour. @returns the tasks of those that did. */
export async function rekey(
  on: Executor,
  row: TemplateRow,
  state: TemplateState,
  from?: string,
): Promise<ReadonlySet<string>> {
  const nowMs = Date.now();
  const schedule = scheduleOf(state);
  const rows = await (from === undefined
    ? occurrencesToCome(on, row, { from: keyBefore(nowMs), now: new Date(nowMs).toISOString(), open: false })
    : occurrencesOf(on, row, from));
  const taken = new Set<string>();
  const changes = rows.flatMap((was) => {
    // Rows of a former rule are no occurrences of this one.
    const next = isPast(was, nowMs) || isClosed(was) || !was.fits ? undefined : rekeyed(was, schedule);
    if (!next || next.original_start === was.original_start || taken.has(next.original_start)) return [];
    taken.add(next.original_start);
    return [{ was, row: withNextRevision({ ...was, ...next }) }];
  });
  const keys = [...taken];
  const occupied = new Set((await occurrencesByKey(on, row.series_id, keys)).map((one) => one.original_start));
  const free = changes.filter((one) => !occupied.has(one.row.original_start));
  await saveOccurrences(on, free);
  return new Set(free.map(({ was }) => was.task_id));
}
