// The store of preferences. A user with defaults has no row; a field that a release added is null until the user changes it.
import type { Executor } from '@mono/platform';
import { DEFAULT_LEAD_MINUTES, type OptionalMail } from '../../contract/index.js';

export interface StoredPreferences extends Record<OptionalMail, boolean> {
  task_due_soon_lead_minutes: number;
  /** `HH:MM`. */
  daily_digest_time: string;
  version: number;
  /** RFC 3339; null for the defaults. */
  updated_at: string | null;
}

const DEFAULTS: StoredPreferences = {
  daily_digest: true,
  daily_digest_time: '08:00',
  // The digest names tasks that are due.
  task_due_soon: false,
  task_due_soon_lead_minutes: DEFAULT_LEAD_MINUTES,
  task_assigned: true,
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

/** The columns that a user changes. */
const CHANGEABLE = [
  'version',
  'task_due_soon',
  'task_due_soon_lead_minutes',
  'daily_digest',
  'daily_digest_time',
  'task_assigned',
  'timer_forgotten',
] as const;

/** @returns the time of the change. */
export async function savePreferences(on: Executor, userId: string, preferences: StoredPreferences): Promise<string> {
  const [row] = await on.query<{ updated_at: string }>(
    {
      name: 'notifications.save_preferences',
      text: `INSERT INTO notifications.preference AS p (user_id, updated_at, ${CHANGEABLE.join(', ')})
        VALUES ($1, clock_timestamp(), ${CHANGEABLE.map((_column, index) => `$${index + 2}`).join(', ')})
        ON CONFLICT (user_id) DO UPDATE SET updated_at = greatest(excluded.updated_at, p.updated_at),
          ${CHANGEABLE.map((column) => `${column} = excluded.${column}`).join(', ')}
        RETURNING updated_at`,
    },
    [userId, ...CHANGEABLE.map((column) => preferences[column])],
  );
  if (!row) throw new Error('Invariant violated: an upsert of preferences returned no row.');
  return row.updated_at;
}

export async function deletePreferences(on: Executor, userId: string): Promise<void> {
  await on.query('DELETE FROM notifications.preference WHERE user_id = $1', [userId]);
}
