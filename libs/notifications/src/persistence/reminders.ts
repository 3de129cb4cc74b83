// The store of reminders: which are due, and that each is told once.
import type { Executor } from '@mono/platform';

export interface DueReminder {
  task_id: string;
  workspace_id: string;
  user_id: string;
  /** RFC 3339. */
  due_instant: string;
}

/** In a transaction. Tasks whose time has come, the longest waiting first, without those that another node is at. */
export function lockTimely(on: Executor, limit: number): Promise<DueReminder[]> {
  return on.query<DueReminder>(
    {
      name: 'notifications.lock_timely',
      text: `SELECT task_id, workspace_id, assignee_id AS user_id, due_instant FROM notifications.task
        WHERE remind_at <= clock_timestamp() ORDER BY remind_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
    },
    [limit],
  );
}

/** They need not be looked at again. */
export async function settleTimely(on: Executor, taskIds: readonly string[]): Promise<void> {
  await on.query('UPDATE notifications.task SET remind_at = NULL WHERE task_id = ANY($1::uuid[])', [taskIds]);
}

/** @returns those that nobody has been told of yet, and that are not overdue. */
export function insertReminders(on: Executor, reminders: readonly DueReminder[]): Promise<DueReminder[]> {
  return on.query<DueReminder>(
    `WITH told AS (
       INSERT INTO notifications.reminder (task_id, due_instant, user_id)
       SELECT task_id, due_instant, assignee_id FROM notifications.task
       WHERE task_id = ANY($1::uuid[]) AND due_instant > clock_timestamp()
       ON CONFLICT DO NOTHING RETURNING task_id, due_instant, user_id
     )
     SELECT told.*, t.workspace_id FROM told JOIN notifications.task t USING (task_id)`,
    [reminders.map(({ task_id }) => task_id)],
  );
}

export interface StandingReminder {
  title: string;
  due_on: string | null;
}

/** What the mail says, if it is still true: the task is open, due then, theirs, and they want to be told. */
export async function findStanding(
  on: Executor,
  { task_id, user_id, due_at }: { task_id: string; user_id: string; due_at: string },
): Promise<StandingReminder | undefined> {
  const [row] = await on.query<StandingReminder>(
    {
      name: 'notifications.find_standing',
      text: `SELECT t.title, t.due_on::text FROM notifications.task t
        LEFT JOIN notifications.preference p ON p.user_id = t.assignee_id
        WHERE t.task_id = $1 AND t.assignee_id = $2 AND t.due_instant = $3 AND t.due_instant > clock_timestamp()
          AND coalesce(p.task_due_soon, true)`,
    },
    [task_id, user_id, due_at],
  );
  return row;
}

export async function deleteReminders(on: Executor, userId: string): Promise<void> {
  await on.query('DELETE FROM notifications.reminder WHERE user_id = $1', [userId]);
}

/** What is past cannot be told again. @returns how many; less than `limit` means that no more are old enough. */
export async function pruneReminders(on: Executor, limit = 5_000): Promise<number> {
  const rows = await on.query(
    `DELETE FROM notifications.reminder WHERE ctid IN (
       SELECT ctid FROM notifications.reminder WHERE due_instant < now() - interval '1 day' LIMIT $1) RETURNING 1`,
    [limit],
  );
  return rows.length;
}
