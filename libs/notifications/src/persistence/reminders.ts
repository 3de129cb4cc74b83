// The store of reminders: one row per task, due date and user.
import type { Executor } from '@mono/platform';

export interface DueReminder {
  task_id: string;
  workspace_id: string;
  user_id: string;
  /** RFC 3339. */
  due_instant: string;
}

/** Locks tasks whose reminder is due, oldest first, until the end of the transaction. Skips those of other nodes. @returns their ids. */
export async function lockDueReminders(on: Executor, limit: number): Promise<string[]> {
  const rows = await on.query<{ task_id: string }>(
    {
      name: 'notifications.lock_due_reminders',
      text: `SELECT task_id FROM notifications.task
        WHERE remind_at <= clock_timestamp() ORDER BY remind_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
    },
    [limit],
  );
  return rows.map(({ task_id }) => task_id);
}

export async function clearRemindTimes(on: Executor, taskIds: readonly string[]): Promise<void> {
  await on.query('UPDATE notifications.task SET remind_at = NULL WHERE task_id = ANY($1::uuid[])', [taskIds]);
}

/** @returns the reminders that are new and not overdue. */
export function insertReminders(on: Executor, taskIds: readonly string[]): Promise<DueReminder[]> {
  return on.query<DueReminder>(
    `WITH inserted AS (
       INSERT INTO notifications.reminder (task_id, due_instant, user_id)
       SELECT task_id, due_instant, assignee_id FROM notifications.task
       WHERE task_id = ANY($1::uuid[]) AND due_instant > clock_timestamp()
       ON CONFLICT DO NOTHING RETURNING task_id, due_instant, user_id
     )
     SELECT inserted.*, t.workspace_id FROM inserted JOIN notifications.task t USING (task_id)`,
    [taskIds],
  );
}

export interface CurrentReminder {
  title: string;
  due_on: string | null;
}

/** @returns undefined unless the task is still open, due then and assigned to the user, who still wants reminders. */
export async function findCurrentReminder(
  on: Executor,
  { task_id, user_id, due_at }: { task_id: string; user_id: string; due_at: string },
): Promise<CurrentReminder | undefined> {
  const [row] = await on.query<CurrentReminder>(
    {
      name: 'notifications.find_current_reminder',
      text: `SELECT t.title, t.due_on::text FROM notifications.task t
        LEFT JOIN notifications.preference p ON p.user_id = t.assignee_id
        WHERE t.task_id = $1 AND t.assignee_id = $2 AND t.due_instant = $3 AND t.due_instant > clock_timestamp()
          AND coalesce(p.task_due_soon, false)`,
    },
    [task_id, user_id, due_at],
  );
  return row;
}

export async function deleteReminders(on: Executor, userId: string): Promise<void> {
  await on.query('DELETE FROM notifications.reminder WHERE user_id = $1', [userId]);
}

/** Deletes reminders of past due dates. @returns how many; fewer than `limit` means that none are left. */
export async function pruneReminders(on: Executor, limit = 5_000): Promise<number> {
  const rows = await on.query(
    `DELETE FROM notifications.reminder WHERE ctid IN (
       SELECT ctid FROM notifications.reminder WHERE due_instant < now() - interval '1 day' LIMIT $1) RETURNING 1`,
    [limit],
  );
  return rows.length;
}
