// How a workspace keeps its time.
import { requireVersion, type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import type { TimeSettings, TimeSettingsPatch } from '../../contract/settings.js';
import { toChangeSettings } from '../persistence/conditions.js';
import { addSettingsEvent } from '../persistence/entry-events.js';
import { readSettings, writeSettings, type SettingsRow } from '../persistence/settings-rows.js';
import type { EntriesParts } from './entries-parts.js';

const FIELDS = ['overlap_policy', 'rounding_minutes', 'rounding_mode', 'forgotten_timer_hours'] as const;

export async function getSettings(on: Executor, { principal }: CallContext): Promise<TimeSettings> {
  return toSettings(await readSettings(on, principal.workspaceId));
}

/** Who writes entries meanwhile has ended before; who comes after goes by what is new. No entry is touched. */
export async function updateSettings(
  { database, signal }: EntriesParts,
  context: CallContext,
  patch: TimeSettingsPatch,
): Promise<TimeSettings> {
  const { principal } = context;
  if (FIELDS.every((field) => patch[field] === undefined)) {
    throw new InvalidInputError([{ field: 'body', code: 'empty', issue: 'must have at least one field' }]);
  }
  return database.transaction(async (on) => {
    const { settings } = await toChangeSettings(on, principal.workspaceId);
    requireVersion(context, settings);
    on.afterCommit(() => signal.wake());
    return change(on, context, settings, patch);
  });
}

async function change(
  on: Executor,
  context: CallContext,
  settings: SettingsRow,
  patch: TimeSettingsPatch,
): Promise<TimeSettings> {
  const fields = FIELDS.filter((field) => patch[field] !== undefined && patch[field] !== settings[field]);
  if (fields.length === 0) return toSettings(settings);
  const { workspaceId } = context.principal;
  const named = Object.fromEntries(fields.map((field) => [field, patch[field]]));
  const written = await writeSettings(on, workspaceId, { ...settings, ...named });
  const changes = fields.map((field) => [field, { from: settings[field], to: written[field] }]);
  await addSettingsEvent(on, context, 'settings_updated', written, Object.fromEntries(changes));
  return toSettings(written);
}

function toSettings(row: SettingsRow): TimeSettings {
  const { overlap_policy, rounding_minutes, rounding_mode, forgotten_timer_hours, version, updated_at } = row;
  return { overlap_policy, rounding_minutes, rounding_mode, forgotten_timer_hours, version, updated_at };
}
