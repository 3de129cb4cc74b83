// The store of preferences. A user with defaults has no row; a field that a release added is null until the user changes it.
import type { Executor } from '@mono/platform';
import { DEFAULT_LEAD_MINUTES, type OptionalMail } from '../../contract/index.js';

export interface StoredPreferences extends Record<OptionalMail, boolean> {
  task_due_soon_lead_minutes: number;
  version: number;
  /** RFC 3339; null for the defaults. */
  updated_at: string | null;
}

const DEFAULTS: StoredPreferences = {
  task_due_soon: true,
  task_due_soon_lead_minutes: DEFAULT_LEAD_MINUTES,
  timer_forgotten: true,
  version: 1,
  updated_at: null,
};

/** An advisory lock until the end of the transaction, since there may be no row. Writers take it exclusively. */
export async function lockPreferences(on: Executor, userId: string, mode: 'exclusive' | 'shared'): Promise<void> {
  const lock = mode === 'exclusive' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  await on.query(`SELECT ${lock}(hashtextextended($1, 0))`, [`notifications preferences ${userId}`]);
}

export async function findPreferences(on: Executor, userId: string): Promise<StoredPreferences> {
  const [row] = await on.query(
    {
      name: 'notifications.find_preferences',
      text: `SELECT ${Object.keys(DEFAULTS).join(', ')} FROM notifications.preference WHERE user_id = $1`,
    },
    [userId],
  );
  const chosen = Object.entries(row ?? {}).filter(([, value]) => value !== null);
  return { ...DEFAULTS, ...(Object.fromEntries(chosen) as Partial<StoredPreferences>) };
}

/** @returns the time of the change. */
export async function savePreferences(
  on: Executor,
  userId: string,
  { task_due_soon, task_due_soon_lead_minutes, timer_forgotten, version }: StoredPreferences,
): Promise<string> {
  const [row] = await on.query<{ updated_at: string }>(
    `INSERT INTO notifications.preference AS p
       (user_id, task_due_soon, task_due_soon_lead_minutes, timer_forgotten, version, updated_at)
     VALUES ($1, $2, $3, $4, $5, clock_timestamp())
     ON CONFLICT (user_id) DO UPDATE SET task_due_soon = excluded.task_due_soon, version = excluded.version,
       task_due_soon_lead_minutes = excluded.task_due_soon_lead_minutes, timer_forgotten = excluded.timer_forgotten,
       updated_at = greatest(excluded.updated_at, p.updated_at)
     RETURNING updated_at`,
    [userId, task_due_soon, task_due_soon_lead_minutes, timer_forgotten, version],
  );
  if (!row) throw new Error('Invariant violated: an upsert of preferences returned no row.');
  return row.updated_at;
}

export async function deletePreferences(on: Executor, userId: string): Promise<void> {
  await on.query('DELETE FROM notifications.preference WHERE user_id = $1', [userId]);
}
