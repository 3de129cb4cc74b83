// The store of digests: when each user has the next one, and what is in it.
import type { Executor } from '@mono/platform';

export interface DigestRow {
  /** RFC 3339. */
  since: string;
  last_day: string | null;
}

export const SECTIONS = ['overdue', 'today', 'tomorrow', 'assigned'] as const;
export type SectionName = (typeof SECTIONS)[number];

export interface DigestTask {
  section: SectionName;
  task_id: string;
  workspace_id: string;
  /** The number of tasks in the section. */
  total: number;
}

/** Adds users with tasks who have none yet. Their first digest is the next one. @returns how many. */
export async function ensureDigests(on: Executor): Promise<number> {
  const rows = await on.query(
    `INSERT INTO notifications.digest (user_id, next_at, since)
     SELECT DISTINCT assignee_id, clock_timestamp(), clock_timestamp() FROM notifications.task
     WHERE due_instant IS NOT NULL AND assignee_id IS NOT NULL ON CONFLICT DO NOTHING RETURNING 1`,
  );
  return rows.length;
}

export async function ensureDigest(on: Executor, userId: string): Promise<void> {
  await on.query(
    {
      name: 'notifications.ensure_digest',
      text: `INSERT INTO notifications.digest (user_id, next_at, since)
        SELECT $1, clock_timestamp(), clock_timestamp()
        WHERE NOT EXISTS (SELECT FROM notifications.digest WHERE user_id = $1) ON CONFLICT DO NOTHING`,
    },
    [userId],
  );
}

/** Leases users whose digest is due: another node looks at them again only after a failure. */
export async function leaseDigests(on: Executor, leaseMs: number, limit: number): Promise<string[]> {
  const rows = await on.query<{ user_id: string }>(
    {
      name: 'notifications.lease_digests',
      text: `UPDATE notifications.digest SET next_at = clock_timestamp() + make_interval(secs => $1)
        WHERE user_id IN (SELECT user_id FROM notifications.digest WHERE next_at <= clock_timestamp()
          ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING user_id`,
    },
    [leaseMs / 1_000, limit],
  );
  return rows.map(({ user_id }) => user_id);
}

/** Locks the row until the end of the transaction. */
export async function lockDigest(on: Executor, userId: string): Promise<DigestRow | undefined> {
  const [row] = await on.query<DigestRow>(
    {
      name: 'notifications.lock_digest',
      text: 'SELECT since, last_day::text FROM notifications.digest WHERE user_id = $1 FOR UPDATE',
    },
    [userId],
  );
  return row;
}

/** @param nextMs milliseconds since 1970; null for never. @param day is done; undefined for none. */
export async function saveDigest(
  on: Executor,
  userId: string,
  nextMs: number | null,
  day: string | undefined,
): Promise<void> {
  await on.query(
    {
      name: 'notifications.save_digest',
      text: `UPDATE notifications.digest SET last_day = coalesce($3::date, last_day),
          next_at = coalesce(to_timestamp($2::double precision / 1000), 'infinity') WHERE user_id = $1`,
    },
    [userId, nextMs, day ?? null],
  );
}

/** Looks at the digest again, by a new zone. */
export async function replanDigest(on: Executor, userId: string): Promise<void> {
  await on.query('UPDATE notifications.digest SET next_at = clock_timestamp() WHERE user_id = $1', [userId]);
}

/** New preferences apply from now on. */
export async function restartDigest(on: Executor, userId: string): Promise<void> {
  await on.query(
    'UPDATE notifications.digest SET next_at = clock_timestamp(), since = clock_timestamp() WHERE user_id = $1',
    [userId],
  );
}

export async function deleteDigest(on: Executor, userId: string): Promise<void> {
  await on.query('DELETE FROM notifications.digest WHERE user_id = $1', [userId]);
}

/** Notes that the digest of the day has the new assignments. @returns how many of them no mail announces. */
export async function takeAssignments(on: Executor, userId: string, day: string): Promise<number> {
  const rows = await on.query<{ announced: boolean }>(
    `UPDATE notifications.assignment SET digest_day = $2
     WHERE user_id = $1 AND digest_day IS NULL RETURNING mail_id IS NOT NULL OR settled_at IS NULL AS announced`,
    [userId, day],
  );
  return rows.filter(({ announced }) => !announced).length;
}

export interface Horizon {
  userId: string;
  /** `YYYY-MM-DD`. */
  day: string;
  /** The ends of the day and of the next one: milliseconds since 1970. */
  today: number;
  tomorrow: number;
}

/** Each task in the first section that has it, the soonest first; of overdue ones, the last. At most `limit` of each section. */
export function findDigestTasks(
  on: Executor,
  { userId, day, today, tomorrow }: Horizon,
  limit: number,
): Promise<DigestTask[]> {
  return on.query<DigestTask>(
    {
      name: 'notifications.find_digest_tasks',
      text: `WITH mine AS (
          SELECT task_id, workspace_id, due_instant,
            CASE WHEN due_instant IS NULL THEN NULL
              WHEN due_on < $2::date OR due_at <= clock_timestamp() THEN 'overdue'
              WHEN due_on = $2::date OR due_at < to_timestamp($3::double precision / 1000) THEN 'today'
              WHEN due_on = $2::date + 1 OR due_at < to_timestamp($4::double precision / 1000) THEN 'tomorrow'
            END AS due_section
          FROM notifications.task WHERE assignee_id = $1 AND due_instant < to_timestamp($4::double precision / 1000) + interval '2 days'
        ), dated AS (
          SELECT due_section AS section, task_id, workspace_id, due_instant AS at FROM mine WHERE due_section IS NOT NULL
        ), assigned AS (
          SELECT 'assigned' AS section, task_id, workspace_id, created_at AS at FROM notifications.assignment
          WHERE user_id = $1 AND digest_day = $2::date AND task_id NOT IN (SELECT task_id FROM dated)
        ), ranked AS (
          SELECT *, (count(*) OVER (PARTITION BY section))::int AS total, row_number() OVER (PARTITION BY section
            ORDER BY CASE WHEN section = 'overdue' THEN at END DESC, at, task_id) AS place
          FROM (SELECT * FROM dated UNION ALL SELECT * FROM assigned) AS all_sections
        )
        SELECT section, task_id, workspace_id, total FROM ranked WHERE place <= $5 ORDER BY section, place`,
    },
    [userId, day, today, tomorrow, limit],
  );
}

/** Whether tasks are overdue, or due by the end of the next day. */
export async function hasDueTasks(on: Executor, horizon: Horizon): Promise<boolean> {
  const tasks = await findDigestTasks(on, horizon, 1);
  return tasks.some(({ section }) => section !== 'assigned');
}
