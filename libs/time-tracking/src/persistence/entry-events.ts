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
export function addCreatedEvent(on: Executor, doer: Doer, row: EntryRow): Promise<void> {
  const event = row.source === 'timer' ? timeTrackingEvents.timer_started : timeTrackingEvents.entry_created;
  return outbox.add(on, event, entryEvent(doer, row, changesBetween(undefined, row)));
}

export function addChangedEvent(on: Executor, doer: Doer, from: EntryRow, to: EntryRow): Promise<void> {
  const event = timeTrackingEvents[eventOf(from, to)];
  return outbox.add(on, event, entryEvent(doer, to, changesBetween(from, to)));
}

export function addDeletedEvent(on: Executor, doer: Doer, row: EntryRow, at: string): Promise<void> {
  const deleted = { ...row, version: row.version + 1, updated_at: at };
  return outbox.add(on, timeTrackingEvents.entry_deleted, entryEvent(doer, deleted, changesBetween(row, undefined)));
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
