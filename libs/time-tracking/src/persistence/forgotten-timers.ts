// Timers that run for longer than their workspace thinks likely.
import type { Executor } from '@mono/platform';
import { entryColumns, type EntryRow } from './entry-rows.js';
import { DEFAULT_SETTINGS } from './settings-rows.js';

export interface ForgottenTimer {
  row: EntryRow;
  task_title: string | null;
}

/** No workspace thinks so of a shorter time. */
const LEAST_HOURS = 1;

const LOCK = {
  name: 'time_tracking.lock_forgotten',
  text: `SELECT ${entryColumns('e')}, t.title AS task_title FROM time_tracking.entry e
    LEFT JOIN time_tracking.settings s ON s.workspace_id = e.workspace_id
    LEFT JOIN time_tracking.task t ON t.task_id = e.task_id AND t.workspace_id = e.workspace_id
    WHERE e.ended_at IS NULL AND e.forgotten_at IS NULL
      AND e.started_at < clock_timestamp() - make_interval(hours => coalesce(s.forgotten_timer_hours, ${DEFAULT_SETTINGS.forgotten_timer_hours}))
      AND e.started_at < now() - make_interval(hours => ${LEAST_HOURS})
    ORDER BY e.started_at LIMIT $1 FOR UPDATE OF e SKIP LOCKED`,
};

/** Those that nobody has been told of, locked; another node passes them by. */
export async function lockForgotten(on: Executor, most: number): Promise<ForgottenTimer[]> {
  const rows = await on.query<EntryRow & { task_title: string | null }>(LOCK, [most]);
  return rows.map(({ task_title, ...row }) => ({ row, task_title }));
}

const MARK = {
  name: 'time_tracking.mark_forgotten',
  text: 'UPDATE time_tracking.entry SET forgotten_at = clock_timestamp() WHERE id = ANY($1::uuid[])',
};

export async function markForgotten(on: Executor, ids: readonly string[]): Promise<void> {
  await on.query(MARK, [ids]);
}
