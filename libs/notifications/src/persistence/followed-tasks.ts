// The store of followed tasks and of their reminder times.
import type { Executor } from '@mono/platform';
import { UNKNOWN_TASK, type FollowedTask } from '../domain/followed-task.js';

export interface Timing {
  /** RFC 3339; null unless the task is open, assigned and has a due date. */
  dueInstant: string | null;
  /** The time of the reminder; null if none is pending. */
  remindAt: string | null;
}

export interface DueTask {
  task_id: string;
  due_instant: string;
  due_at: string | null;
  due_on: string | null;
  timezone: string | null;
}

const FACTS = 'title, status, assignee_id, due_at, due_on::text, timezone, seen';

export async function findTask(on: Executor, taskId: string): Promise<FollowedTask | undefined> {
  const [row] = await on.query<FollowedTask>(
    { name: 'notifications.find_task', text: `SELECT ${FACTS} FROM notifications.task WHERE task_id = $1` },
    [taskId],
  );
  return row;
}

/** Locks the task's row until the end of the transaction. Inserts an unknown task. */
export async function lockTask(on: Executor, taskId: string, workspaceId: string): Promise<FollowedTask> {
  await on.query(
    {
      name: 'notifications.ensure_task',
      text: `INSERT INTO notifications.task (task_id, workspace_id, seen) VALUES ($1, $2, '{}') ON CONFLICT DO NOTHING`,
    },
    [taskId, workspaceId],
  );
  const [row] = await on.query<FollowedTask>(
    { name: 'notifications.lock_task', text: `SELECT ${FACTS} FROM notifications.task WHERE task_id = $1 FOR UPDATE` },
    [taskId],
  );
  return row ?? UNKNOWN_TASK;
}

export async function saveTask(
  on: Executor,
  taskId: string,
  { title, status, assignee_id, due_at, due_on, timezone, seen }: FollowedTask,
  { dueInstant, remindAt }: Timing,
): Promise<void> {
  await on.query(
    {
      name: 'notifications.save_task',
      text: `UPDATE notifications.task SET title = $2, status = $3, assignee_id = $4, due_at = $5, due_on = $6, timezone = $7,
          seen = $8, due_instant = to_timestamp($9::double precision / 1000),
          remind_at = to_timestamp($10::double precision / 1000), updated_at = now()
        WHERE task_id = $1`,
    },
    [
      taskId,
      title,
      status,
      assignee_id,
      due_at,
      due_on,
      timezone,
      JSON.stringify(seen),
      msOf(dueInstant),
      msOf(remindAt),
    ],
  );
}

/** Skips rows that another transaction has locked: it reads the new preferences itself. */
export function lockDueTasks(on: Executor, userId: string): Promise<DueTask[]> {
  return on.query<DueTask>(
    `SELECT task_id, due_instant, due_at, due_on::text, timezone FROM notifications.task
     WHERE assignee_id = $1 AND due_instant > now() FOR UPDATE SKIP LOCKED`,
    [userId],
  );
}

/** @param times by task (RFC 3339); null cancels the reminder. */
export async function saveRemindTimes(on: Executor, times: ReadonlyMap<string, string | null>): Promise<void> {
  await on.query(
    `UPDATE notifications.task t SET remind_at = to_timestamp(n.ms / 1000)
     FROM unnest($1::uuid[], $2::double precision[]) AS n (id, ms) WHERE t.task_id = n.id`,
    [[...times.keys()], [...times.values()].map(msOf)],
  );
}

export async function cancelReminders(on: Executor, userId: string): Promise<void> {
  await on.query('UPDATE notifications.task SET remind_at = NULL WHERE assignee_id = $1 AND due_instant IS NOT NULL', [
    userId,
  ]);
}

/** Deletes deleted tasks after their last event can arrive. @returns how many; fewer than `limit` means that none are left. */
export async function pruneTasks(on: Executor, keepMs: number, limit = 5_000): Promise<number> {
  const rows = await on.query(
    `DELETE FROM notifications.task WHERE task_id IN (
       SELECT task_id FROM notifications.task
       WHERE status IS NULL AND updated_at < now() - make_interval(secs => $1) LIMIT $2) RETURNING 1`,
    [keepMs / 1_000, limit],
  );
  return rows.length;
}

/** The zones of tasks that are due on a future day. */
export async function findZonesInUse(on: Executor): Promise<string[]> {
  const rows = await on.query<{ timezone: string }>(
    `SELECT DISTINCT timezone FROM notifications.task
     WHERE due_on IS NOT NULL AND timezone IS NOT NULL AND due_instant > now() - interval '2 days'`,
  );
  return rows.map(({ timezone }) => timezone);
}

/** Tasks of a zone that are due on a future day, ordered by id. `remind_at` is null if no reminder is pending. */
export function lockTasksOfZone(
  on: Executor,
  zone: string,
  after: string | null,
  limit: number,
): Promise<(FollowedTask & { task_id: string; due_instant: string; remind_at: string | null })[]> {
  return on.query(
    `SELECT task_id, due_instant, remind_at, ${FACTS} FROM notifications.task
     WHERE timezone = $1 AND due_on IS NOT NULL AND due_instant > now() - interval '2 days'
       AND ($2::uuid IS NULL OR task_id > $2) ORDER BY task_id LIMIT $3 FOR UPDATE`,
    [zone, after, limit],
  );
}

export async function updateTiming(on: Executor, taskId: string, { dueInstant, remindAt }: Timing): Promise<void> {
  await on.query(
    `UPDATE notifications.task SET due_instant = to_timestamp($2::double precision / 1000),
       remind_at = to_timestamp($3::double precision / 1000) WHERE task_id = $1`,
    [taskId, msOf(dueInstant), msOf(remindAt)],
  );
}

/** PostgreSQL does not parse years beyond 9999 as JavaScript formats them. */
function msOf(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}
