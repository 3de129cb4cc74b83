// Reading entries. A caller who is limited to lists sees those of tasks in them, and no others; one who reads only their own, no others'.
import type { Executor } from '@mono/platform';
import type { Reach } from '../domain/reach.js';
import { entryColumns, type EntryRow } from './entry-rows.js';

/** @param lists a parameter with the lists. */
export function inLists(lists: string): string {
  return `EXISTS (
    SELECT FROM time_tracking.task t
    WHERE t.task_id = e.task_id AND t.workspace_id = e.workspace_id AND t.list_id = ANY(${lists}::uuid[]))`;
}

const ONE = `SELECT ${entryColumns('e')} FROM time_tracking.entry e
  WHERE e.id = $1 AND e.workspace_id = $2 AND ($3::uuid[] IS NULL OR ${inLists('$3')})
    AND ($4::uuid IS NULL OR e.user_id = $4)`;
const BY_IDS = {
  name: 'time_tracking.entries_by_ids',
  text: `SELECT ${entryColumns('e')} FROM time_tracking.entry e
    WHERE e.id = ANY($1::uuid[]) AND e.workspace_id = $2 AND ($3::uuid[] IS NULL OR ${inLists('$3')})`,
};
const READ = { name: 'time_tracking.read_entry', text: ONE };
const LOCK = { name: 'time_tracking.lock_entry', text: `${ONE} FOR UPDATE OF e` };

export async function readEntry(
  on: Executor,
  { workspaceId, listIds, personId }: Reach,
  id: string,
): Promise<EntryRow | undefined> {
  const [row] = await on.query<EntryRow>(READ, [id, workspaceId, listIds ?? null, personId ?? null]);
  return row;
}

export function readEntriesByIds(
  on: Executor,
  { workspaceId, listIds }: Reach,
  ids: readonly string[],
): Promise<EntryRow[]> {
  return on.query<EntryRow>(BY_IDS, [ids, workspaceId, listIds ?? null]);
}

export async function lockEntry(
  on: Executor,
  { workspaceId, listIds, personId }: Reach,
  id: string,
): Promise<EntryRow | undefined> {
  const [row] = await on.query<EntryRow>(LOCK, [id, workspaceId, listIds ?? null, personId ?? null]);
  return row;
}

const RUNNING = `SELECT ${entryColumns('e')} FROM time_tracking.entry e
  WHERE e.workspace_id = $1 AND e.user_id = $2 AND e.ended_at IS NULL`;
const READ_RUNNING = { name: 'time_tracking.read_running', text: RUNNING };
const LOCK_RUNNING = { name: 'time_tracking.lock_running', text: `${RUNNING} FOR UPDATE OF e` };

/** The entry that a person's timer writes. */
export async function readRunning(on: Executor, workspaceId: string, userId: string): Promise<EntryRow | undefined> {
  const [row] = await on.query<EntryRow>(READ_RUNNING, [workspaceId, userId]);
  return row;
}

export async function lockRunning(on: Executor, workspaceId: string, userId: string): Promise<EntryRow | undefined> {
  const [row] = await on.query<EntryRow>(LOCK_RUNNING, [workspaceId, userId]);
  return row;
}

/** Of one person, from start to end; null: for ever. */
export interface Stretch extends Pick<EntryRow, 'id' | 'workspace_id' | 'user_id' | 'started_at' | 'ended_at'> {}

/** The looks by range and by order are kept apart: the first finds few. What takes no time overlaps nothing. */
const OVERLAPS = {
  name: 'time_tracking.overlaps',
  text: `WITH other AS MATERIALIZED (
      SELECT e.id, e.started_at, e.task_id, e.workspace_id FROM time_tracking.entry e
      WHERE e.workspace_id = $1 AND e.user_id = $2 AND e.id <> $3
        AND tstzrange(e.started_at, e.ended_at) && tstzrange($4, $5))
    SELECT e.id, ($7::uuid[] IS NULL OR ${inLists('$7')}) AS is_within_reach FROM other e
    ORDER BY e.started_at, e.id LIMIT $6`,
};

export interface Overlap {
  id: string;
  is_within_reach: boolean;
}

/** The same person's entries at the same time, the first ones, in order; also those beyond the caller's reach. */
export function findOverlaps(on: Executor, { listIds }: Reach, stretch: Stretch, most: number): Promise<Overlap[]> {
  const { id, workspace_id: workspaceId, user_id: userId, started_at: startedAt, ended_at: endedAt } = stretch;
  return on.query<Overlap>(OVERLAPS, [workspaceId, userId, id, startedAt, endedAt, most, listIds ?? null]);
}
