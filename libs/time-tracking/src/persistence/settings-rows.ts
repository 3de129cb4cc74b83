// How a workspace keeps its time, as it is stored: without a row, as it comes.
import type { Executor } from '@mono/platform';
import type { OverlapPolicy, RoundingMode } from '../../contract/time-constants.js';

export interface SettingsRow {
  overlap_policy: OverlapPolicy;
  rounding_minutes: number | null;
  rounding_mode: RoundingMode;
  forgotten_timer_hours: number;
  locked_until: string | null;
  locked_at: string | null;
  locked_by_kind: 'user' | 'api_key' | 'system' | null;
  locked_by_id: string | null;
  version: number;
  updated_at: string | null;
}

export const DEFAULT_SETTINGS: SettingsRow = {
  overlap_policy: 'allow',
  rounding_minutes: null,
  rounding_mode: 'nearest',
  forgotten_timer_hours: 10,
  locked_until: null,
  locked_at: null,
  locked_by_kind: null,
  locked_by_id: null,
  version: 1,
  updated_at: null,
};

const NAMES = Object.keys(DEFAULT_SETTINGS) as (keyof SettingsRow)[];
/** Of `time_tracking.settings s`. */
export const SETTINGS_COLUMNS = NAMES.map((name) => `s.${name}`).join(', ');

export async function readSettings(on: Executor, workspaceId: string): Promise<SettingsRow> {
  const [row] = await on.query<SettingsRow>(
    {
      name: 'time_tracking.settings',
      text: `SELECT ${SETTINGS_COLUMNS} FROM time_tracking.settings s WHERE s.workspace_id = $1`,
    },
    [workspaceId],
  );
  return row ?? DEFAULT_SETTINGS;
}

/** What a change sets; version and time follow. */
export type SettingsState = Omit<SettingsRow, 'version' | 'updated_at'>;

const SET = NAMES.filter((name): name is keyof SettingsState => name !== 'version' && name !== 'updated_at');

const WRITE = {
  name: 'time_tracking.write_settings',
  text: `INSERT INTO time_tracking.settings AS s (workspace_id, version, updated_at, ${SET.join(', ')})
    VALUES ($1, ${DEFAULT_SETTINGS.version + 1}, clock_timestamp(), ${SET.map((_, index) => `$${index + 2}`).join(', ')})
    ON CONFLICT (workspace_id) DO UPDATE SET version = s.version + 1, updated_at = greatest(excluded.updated_at, s.updated_at),
      ${SET.map((name) => `${name} = excluded.${name}`).join(', ')}
    RETURNING ${SETTINGS_COLUMNS}`,
};

/** In the transaction of toChangeSettings(). */
export async function writeSettings(
  on: Executor,
  workspaceId: string,
  state: SettingsState,
): Promise<SettingsRow & { updated_at: string }> {
  const [row] = await on.query<SettingsRow & { updated_at: string }>(WRITE, [
    workspaceId,
    ...SET.map((name) => state[name]),
  ]);
  if (!row) throw new Error('Settings that were written are not there.');
  return row;
}
