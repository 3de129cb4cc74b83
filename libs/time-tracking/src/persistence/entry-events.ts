// What is told of entries and settings, in the transaction of the change.
import type { CallContext } from '@mono/contract';
import { traceHeaders, type Executor } from '@mono/platform';
import type { EntryEventName, SettingsEventName, TimeTrackingEvent } from '../../contract/events.js';
import { changesBetween, eventOf, type EntryChanges } from '../domain/entry-state.js';
import type { EntryRow } from './entry-rows.js';
import type { SettingsRow } from './settings-rows.js';
import { tell, type ToldEvent } from './time-events.js';

/** Who does something, and for which request. */
export type Doer = Pick<CallContext, 'principal' | 'requestId' | 'source'>;

/** What this module does by itself. */
export function systemIn(workspaceId: string, requestId: string): Doer {
  return { principal: { kind: 'system', id: 'time-tracking', workspaceId, scopes: [] }, requestId };
}

/** Written by hand, or begun by a timer. */
export function tellOfNew(on: Executor, doer: Doer, row: EntryRow): Promise<void> {
  const event = row.source === 'timer' ? 'timer_started' : 'entry_created';
  return tell(on, [entryEvent(doer, event, row, changesBetween(undefined, row))]);
}

export function tellOfChange(on: Executor, doer: Doer, from: EntryRow, to: EntryRow): Promise<void> {
  return tell(on, [entryEvent(doer, eventOf(from, to), to, changesBetween(from, to))]);
}

export function tellOfDeleted(on: Executor, doer: Doer, row: EntryRow, at: string): Promise<void> {
  const gone = { ...row, version: row.version + 1, updated_at: at };
  return tell(on, [entryEvent(doer, 'entry_deleted', gone, changesBetween(row, undefined))]);
}

/** Nothing of it has changed; it is told of at this moment. */
export function tellOfForgotten(
  on: Executor,
  timers: readonly { row: EntryRow; task_title: string | null }[],
): Promise<void> {
  return tell(
    on,
    timers.map(({ row, task_title }) => {
      const { started_at, task_id, workspace_id: workspaceId } = row;
      const doer = systemIn(workspaceId, 'time-tracking');
      const { version, payload } = entryEvent(doer, 'timer_forgotten', row, {});
      return { version, payload: { ...payload, timer: { started_at, task_id, task_title } } };
    }),
  );
}

export function tellOfSettings(
  on: Executor,
  doer: Doer,
  event: SettingsEventName,
  { version, updated_at: occurredAt }: SettingsRow & { updated_at: string },
  changes: TimeTrackingEvent['changes'],
): Promise<void> {
  const { workspaceId } = doer.principal;
  const about = { event, aggregate: 'settings', aggregate_id: workspaceId, changes } as const;
  return tell(on, [{ version, occurredAt, payload: { ...by(doer), ...about, source: doer.source ?? 'unknown' } }]);
}

function entryEvent(
  doer: Doer,
  event: EntryEventName,
  { id, user_id, version, updated_at: occurredAt }: EntryRow,
  changes: EntryChanges,
): ToldEvent {
  const about = { event, aggregate: 'entry', aggregate_id: id, user_id, changes } as const;
  return { version, occurredAt, payload: { ...by(doer), ...about } };
}

function by({ principal, requestId, source }: Doer) {
  const { kind, id, workspaceId } = principal;
  return {
    workspace_id: workspaceId,
    actor: { kind, id },
    request_id: requestId,
    origin: kind === 'system' ? 'system' : 'user',
    ...(source !== undefined && { source }),
    ...traceHeaders(),
  } as const;
}
