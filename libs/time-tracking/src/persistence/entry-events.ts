// The events of entries and settings, in the transaction of the change.
import type { CallContext } from '@mono/contract';
import { outbox, type Executor, type NewEvent } from '@mono/platform';
import { timeTrackingEvents, type EntryEvent, type SettingsEvent } from '../../contract/time-tracking.events.js';
import { changesBetween, eventOf, type EntryChanges } from '../domain/entry-state.js';
import type { EntryRow } from './entry-rows.js';
import type { SettingsRow } from './settings-rows.js';

/** The actor of a change and its request. */
export type Doer = Pick<CallContext, 'principal' | 'requestId' | 'source'>;

/** The module itself as the actor. */
export function systemIn(workspaceId: string, requestId: string): Doer {
  return { principal: { kind: 'system', id: 'time-tracking', workspaceId, scopes: [] }, requestId };
}

/** Written by hand, or begun by a timer. */
export async function addCreatedEvent(on: Executor, doer: Doer, row: EntryRow): Promise<void> {
  const event = row.source === 'timer' ? timeTrackingEvents.timer_started : timeTrackingEvents.entry_created;
  const lists = await listsOf(on, undefined, row);
  await outbox.add(on, event, { ...entryEvent(doer, row, changesBetween(undefined, row)), ...lists });
}

export async function addChangedEvent(on: Executor, doer: Doer, from: EntryRow, to: EntryRow): Promise<void> {
  const event = timeTrackingEvents[eventOf(from, to)];
  const lists = await listsOf(on, from, to);
  await outbox.add(on, event, { ...entryEvent(doer, to, changesBetween(from, to)), ...lists });
}

export async function addDeletedEvent(on: Executor, doer: Doer, row: EntryRow, at: string): Promise<void> {
  const deleted = { ...row, version: row.version + 1, updated_at: at };
  const lists = await listsOf(on, undefined, row);
  await outbox.add(on, timeTrackingEvents.entry_deleted, {
    ...entryEvent(doer, deleted, changesBetween(row, undefined)),
    ...lists,
  });
}

/** Nothing of the entries has changed: the events have the time of now. */
export function addForgottenEvents(
  on: Executor,
  timers: readonly { row: EntryRow; task_title: string | null }[],
): Promise<void> {
  const bodies = timers.map(({ row, task_title }) => {
    const { started_at, task_id, workspace_id: workspaceId } = row;
    const { occurred_at: _changedAt, ...facts } = entryEvent(systemIn(workspaceId, 'time-tracking'), row, {});
    return { ...facts, timer: { started_at, task_id, task_title } };
  });
  return outbox.add(on, timeTrackingEvents.timer_forgotten, ...bodies);
}

export function addSettingsEvent(
  on: Executor,
  doer: Doer,
  event: SettingsEvent['event'],
  { version, updated_at: occurred_at }: SettingsRow & { updated_at: string },
  changes: SettingsEvent['changes'],
): Promise<void> {
  const about = { aggregate: 'settings', aggregate_id: doer.principal.workspaceId, version, occurred_at } as const;
  const source = doer.source ?? 'unknown';
  return outbox.add(on, timeTrackingEvents[event], { ...about, ...by(doer), source, changes });
}

const LISTS = {
  name: 'time_tracking.lists_of_tasks',
  text: 'SELECT task_id, list_id FROM time_tracking.task WHERE workspace_id = $1 AND task_id = ANY($2::uuid[])',
};

/** The lists of the tasks of an entry, as the history knows them. */
async function listsOf(
  on: Executor,
  from: EntryRow | undefined,
  to: EntryRow,
): Promise<Pick<EntryEvent, 'list_id' | 'previous_list_id'>> {
  const ids = [from?.task_id, to.task_id].filter((id) => typeof id === 'string');
  if (ids.length === 0) return {};
  const rows = await on.query<{ task_id: string; list_id: string | null }>(LISTS, [to.workspace_id, ids]);
  const known = new Map<string | null, string | null>([[null, null]]);
  for (const { task_id, list_id } of rows) known.set(task_id, list_id);
  const [after, before] = [known.get(to.task_id), from && known.get(from.task_id)];
  return { ...(after !== undefined && { list_id: after }), ...(before !== undefined && { previous_list_id: before }) };
}

function entryEvent(
  doer: Doer,
  { id, user_id, version, updated_at: occurred_at }: EntryRow,
  changes: EntryChanges,
): NewEvent<EntryEvent> {
  return { aggregate: 'entry', aggregate_id: id, user_id, version, occurred_at, changes, ...by(doer) };
}

function by({ principal, requestId, source }: Doer) {
  const { kind, id, workspaceId } = principal;
  return {
    workspace_id: workspaceId,
    actor: { kind, id },
    request_id: requestId,
    origin: kind === 'system' ? 'system' : 'user',
    ...(source !== undefined && { source }),
  } as const;
}
