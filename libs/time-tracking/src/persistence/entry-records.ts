// The statements that write entries.
import { violatedConstraint, type Executor } from '@mono/platform';
import type { DomainError } from '@mono/contract/errors';
import { timeTrackingErrors } from '../../contract/time-tracking.errors.js';
import type { EntrySource } from '../../contract/time-constants.js';
import type { EntryState } from '../domain/entry-state.js';
import { entryColumns, type EntryRow } from './entry-rows.js';

export interface NewEntry extends EntryState {
  id: string;
  workspace_id: string;
  source: EntrySource;
  /** Whether it shares its time with none of the person's, and none may with it. */
  exclusive: boolean;
}

const COLUMNS = entryColumns('e');

/** Of a person whose timer runs, a second one is not begun. */
const INSERT = {
  name: 'time_tracking.insert_entry',
  text: `INSERT INTO time_tracking.entry AS e (id, workspace_id, user_id, task_id, started_at, ended_at, note, tags, billable,
      source, exclusive, created_at, updated_at)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, c.at, c.at FROM (SELECT clock_timestamp()::timestamptz(3) AS at) c
    ON CONFLICT (workspace_id, user_id) WHERE ended_at IS NULL DO NOTHING RETURNING ${COLUMNS}`,
};

/** @returns undefined where it would be a second timer. @throws DomainError `entries_overlap`. */
export async function insertEntry(on: Executor, entry: NewEntry): Promise<EntryRow | undefined> {
  const { id, workspace_id, user_id, task_id, started_at, ended_at, note, tags, billable, source, exclusive } = entry;
  const values = [id, workspace_id, user_id, task_id, started_at, ended_at, note, tags, billable, source, exclusive];
  const [row] = await on.query<EntryRow>(INSERT, values).catch(overlapping);
  return row;
}

/** Who has been told that it runs since it began is told again once it has begun at another time. */
const UPDATE = {
  name: 'time_tracking.update_entry',
  text: `UPDATE time_tracking.entry e SET task_id = $2, started_at = $3, ended_at = $4, note = $5, tags = $6, billable = $7,
      exclusive = coalesce($8, e.exclusive), forgotten_at = CASE WHEN e.started_at = $3 THEN e.forgotten_at END,
      version = e.version + 1, updated_at = greatest(clock_timestamp(), e.updated_at)
    WHERE e.id = $1 RETURNING ${COLUMNS}`,
};

/** Of a row that is locked. @param exclusive undefined: as it was. @throws DomainError `entries_overlap`. */
export async function updateEntry(
  on: Executor,
  id: string,
  state: EntryState,
  exclusive: boolean | undefined,
): Promise<EntryRow> {
  const { task_id, started_at, ended_at, note, tags, billable } = state;
  const values = [id, task_id, started_at, ended_at, note, tags, billable, exclusive ?? null];
  const [row] = await on.query<EntryRow>(UPDATE, values).catch(overlapping);
  if (!row) throw new Error('A locked entry is gone.');
  return row;
}

/** Of a row that is locked. @returns when: never before its last change. */
export async function deleteEntryRow(on: Executor, id: string): Promise<string> {
  const [row] = await on.query<{ at: string }>(
    {
      name: 'time_tracking.delete_entry',
      text: `DELETE FROM time_tracking.entry e WHERE e.id = $1
        RETURNING greatest(clock_timestamp()::timestamptz(3), e.updated_at) AS at`,
    },
    [id],
  );
  if (!row) throw new Error('A locked entry is gone.');
  return row.at;
}

/** The table's own guard, where the look before has missed one. */
function overlapping(error: unknown): never {
  if (violatedConstraint(error) !== 'entry_overlap') throw error;
  throw entriesOverlap([]);
}

/** @param ids of those in the way, as far as they are known. */
export function entriesOverlap(ids: readonly string[]): DomainError {
  return timeTrackingErrors.entries_overlap({ entry_ids: ids });
}
