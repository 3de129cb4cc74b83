// The module's events, written in the transaction of their change.
import type { CallContext } from '@mono/contract';
import { outbox, type Executor } from '@mono/platform';
import { notificationsEvents, type PreferencesUpdated } from '../../contract/index.js';
import { reminderId } from '../domain/reminder-id.js';
import type { DueReminder } from './reminders.js';

export function addPreferencesEvent(
  on: Executor,
  { principal, requestId }: CallContext,
  change: Pick<PreferencesUpdated, 'version' | 'occurred_at' | 'changes'>,
): Promise<void> {
  return outbox.add(on, notificationsEvents.preferences_updated, {
    aggregate: 'preferences',
    aggregate_id: principal.id,
    workspace_id: principal.workspaceId,
    actor: { kind: 'user', id: principal.id },
    request_id: requestId,
    ...change,
  });
}

export function addReminderEvents(on: Executor, reminders: readonly DueReminder[]): Promise<void> {
  const events = reminders.map(({ task_id, workspace_id, user_id, due_instant }) => {
    const id = reminderId(task_id, due_instant, user_id);
    return {
      id,
      aggregate: 'reminder' as const,
      aggregate_id: id,
      version: 1,
      workspace_id,
      actor: { kind: 'system' as const, id: 'reminders' },
      request_id: 'reminders',
      changes: {},
      task_id,
      user_id,
      due_at: due_instant,
    };
  });
  return outbox.add(on, notificationsEvents.task_due_soon, ...events);
}
