// Changing an entry, also that of a timer that runs: with an end it is stopped.
import { requireVersion, type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import type { EntryPatch, TimeEntry } from '../../contract/entry.js';
import { timeTrackingErrors } from '../../contract/time-tracking.errors.js';
import { requireChangeable } from '../domain/closed-period.js';
import { reachOf } from '../reach-of.js';
import { changesBetween, withSaid } from '../domain/entry-state.js';
import { changedTimes, requireOneEnd, namesTimes } from '../domain/entry-times.js';
import { toWriteEntries, type Conditions } from '../persistence/conditions.js';
import { lockEntry, readEntry } from '../persistence/entry-reads.js';
import { toEntry, type EntryRow } from '../persistence/entry-rows.js';
import type { EntriesParts } from './entries-parts.js';
import { namedTask } from './named-task.js';
import { normalTimes } from './normal-times.js';
import { requireRightsOver } from './whose.js';
import { writeChange } from './write-change.js';

/** With the task, where one is named. */
interface Change {
  patch: EntryPatch;
  taskId: string | null | undefined;
}

export async function changeEntry(
  { database, signal, tasks }: EntriesParts,
  context: CallContext,
  id: string,
  patch: EntryPatch,
): Promise<TimeEntry> {
  requireAny(patch);
  requireOneEnd(patch);
  const seen = await readEntry(database, reachOf(context.principal), id);
  const { user_id: userId } = requireWritable(context, id, seen);
  const taskId = await taskNamedAnew(tasks, context, patch, seen);
  return database.transaction(async (on) => {
    const conditions = await toWriteEntries(on, context.principal.workspaceId, userId);
    const row = requireWritable(context, id, await lockEntry(on, reachOf(context.principal), id));
    on.afterCommit(() => signal.wake());
    return change(on, context, row, { patch, taskId }, conditions);
  });
}

async function change(
  on: Executor,
  context: CallContext,
  row: EntryRow,
  { patch, taskId = row.task_id }: Change,
  conditions: Conditions,
): Promise<TimeEntry> {
  const { settings, now } = conditions;
  const times = namesTimes(patch) ? changedTimes(row, normalTimes(patch), now) : {};
  const state = withSaid({ ...row, ...times, task_id: taskId }, patch);
  if (Object.keys(changesBetween(row, state)).length === 0) return toEntry(row, settings);
  requireChangeable(row, state, settings.locked_until);
  const { row: changed, overlaps } = await writeChange(on, context, row, state, settings);
  return toEntry(changed, settings, overlaps);
}

/** @throws DomainError `entry_not_found`, `forbidden`; VersionConflictError. */
export function requireWritable(call: CallContext, id: string, row: EntryRow | undefined): EntryRow {
  if (!row) throw timeTrackingErrors.entry_not_found({ id });
  requireRightsOver(call.principal, row.user_id);
  requireVersion(call, row);
  return row;
}

/** A task that it belonged to when it was looked at may have been deleted since. @returns undefined where none is named. */
async function taskNamedAnew(
  tasks: EntriesParts['tasks'],
  context: CallContext,
  { task_id: taskId }: EntryPatch,
  seen: EntryRow | undefined,
): Promise<string | null | undefined> {
  if (taskId === undefined) return undefined;
  if ((taskId?.toLowerCase() ?? null) === seen?.task_id) return seen.task_id;
  return namedTask(tasks, context, taskId);
}

function requireAny(patch: EntryPatch): void {
  if (Object.values(patch).some((value) => value !== undefined)) return;
  throw new InvalidInputError([{ field: 'body', code: 'empty', issue: 'must have at least one field' }]);
}
