// Writes what has become of an entry, as far as the others of the same person allow, with its event.
import type { Executor } from '@mono/platform';
import type { EntryState } from '../domain/entry-state.js';
import { addChangedEvent, type Doer } from '../persistence/entry-events.js';
import { updateEntry } from '../persistence/entry-records.js';
import type { EntryRow } from '../persistence/entry-rows.js';
import type { SettingsRow } from '../persistence/settings-rows.js';
import { judgeOverlaps } from './overlaps.js';

export interface Written {
  row: EntryRow;
  /** Ids of others, where they are to be named. */
  overlaps: string[];
}

/** Of a row that is locked. @throws DomainError `entries_overlap`. */
export async function writeChange(
  on: Executor,
  doer: Doer,
  row: EntryRow,
  state: EntryState,
  settings: SettingsRow,
): Promise<Written> {
  const { id, workspace_id } = row;
  const { overlaps, exclusive } = await judgeOverlaps(
    on,
    doer.principal,
    settings,
    { ...state, id, workspace_id },
    row,
  );
  const isMoved = state.started_at !== row.started_at || state.ended_at !== row.ended_at;
  const changed = await updateEntry(on, id, state, isMoved ? exclusive : undefined);
  await addChangedEvent(on, doer, row, changed);
  return { row: changed, overlaps };
}
