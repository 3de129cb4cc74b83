// The module's events as rows of its outbox, written in the transaction of what they tell of.
import type { CallContext } from '@mono/contract';
import { traceHeaders, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { PreferencesUpdatedEvent, TaskDueSoonEvent } from '../../contract/index.js';
import { reminderId } from '../domain/reminder-id.js';
import type { DueReminder } from './reminders.js';

/** In columns of the outbox. */
type Stored = 'id' | 'version' | 'occurred_at';

const INSERT = `INSERT INTO notifications.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)`;

export async function tellOfPreferences(
  on: Executor,
  { principal, requestId }: CallContext,
  change: Pick<PreferencesUpdatedEvent, 'version' | 'occurred_at' | 'changes'>,
): Promise<void> {
  const payload: Omit<PreferencesUpdatedEvent, Stored> = {
    event: 'preferences_updated',
    aggregate: 'preferences',
    aggregate_id: principal.id,
    workspace_id: principal.workspaceId,
    actor: { kind: 'user', id: principal.id },
    request_id: requestId,
    changes: change.changes,
    ...traceHeaders(),
  };
  await on.query(`${INSERT} VALUES ($1, 'events.notifications.v1.preferences_updated', $2, $3, $4, $5)`, [
    uuidv7(),
    principal.id,
    change.version,
    change.occurred_at,
    JSON.stringify(payload),
  ]);
}

export async function tellOfReminders(on: Executor, reminders: readonly DueReminder[]): Promise<void> {
  const events = reminders.map((reminder) => {
    const { task_id, workspace_id, user_id, due_instant } = reminder;
    const id = reminderId(task_id, due_instant, user_id);
    const payload: Omit<TaskDueSoonEvent, Stored> = {
      event: 'task_due_soon',
      aggregate: 'reminder',
      aggregate_id: id,
      workspace_id,
      actor: { kind: 'system', id: 'reminders' },
      request_id: 'reminders',
      changes: {},
      task_id,
      user_id,
      due_at: due_instant,
    };
    return { id, payload: JSON.stringify(payload) };
  });
  await on.query(
    `${INSERT} SELECT id, 'events.notifications.v1.task_due_soon', id, 1, clock_timestamp(), payload
     FROM unnest($1::uuid[], $2::json[]) AS n (id, payload)`,
    [events.map(({ id }) => id), events.map(({ payload }) => payload)],
  );
}
