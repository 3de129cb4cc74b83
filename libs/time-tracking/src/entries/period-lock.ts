// Until when a workspace's time is closed.
import { normalInstant, type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import type { LockPeriod, PeriodLock } from '../../contract/settings.js';
import { timeSettingsOperations } from '../../contract/time-settings.operations.js';
import { toChangeSettings } from '../persistence/conditions.js';
import { addSettingsEvent } from '../persistence/entry-events.js';
import { readSettings, writeSettings, type SettingsRow } from '../persistence/settings-rows.js';
import type { EntriesParts } from './entries-parts.js';
import { writeOnce } from './write-once.js';

export async function getLock(on: Executor, { principal }: CallContext): Promise<PeriodLock> {
  return toLock(await readSettings(on, principal.workspaceId));
}

export async function lockPeriod(parts: EntriesParts, context: CallContext, input: LockPeriod): Promise<PeriodLock> {
  const { workspaceId } = context.principal;
  return writeOnce(parts, timeSettingsOperations.lockPeriod, context, input, async (on) => {
    const { settings, now } = await toChangeSettings(on, workspaceId);
    const until = input.locked_until === null ? null : normalInstant(input.locked_until);
    if (until !== null && Date.parse(until) > Date.parse(now)) {
      throw new InvalidInputError([{ field: 'locked_until', code: 'out_of_range', issue: 'must not be ahead of now' }]);
    }
    return toLock(until === settings.locked_until ? settings : await lock(on, context, settings, until, now));
  });
}

async function lock(
  on: Executor,
  context: CallContext,
  settings: SettingsRow,
  until: string | null,
  now: string,
): Promise<SettingsRow> {
  const { workspaceId, kind, id } = context.principal;
  const by = { locked_at: now, locked_by_kind: kind, locked_by_id: id };
  const written = await writeSettings(on, workspaceId, { ...settings, locked_until: until, ...by });
  const changes = { locked_until: { from: settings.locked_until, to: until } };
  await addSettingsEvent(on, context, 'period_locked', written, changes);
  return written;
}

function toLock({ locked_until, locked_at, locked_by_kind: kind, locked_by_id: id, version }: SettingsRow): PeriodLock {
  return { locked_until, locked_at, locked_by: kind === null || id === null ? null : { kind, id }, version };
}
