// The latest deletion or restoration of each list that was consumed, so that late events have no effect.
import type { Executor, Statement } from '@mono/platform';

export interface ListChange {
  list_id: string;
  workspace_id: string;
  /** The version of the list. */
  version: number;
  deleted: boolean;
}

const NOTE: Statement = {
  name: 'recurrence.note_list',
  text: `INSERT INTO recurrence.list AS l (list_id, workspace_id, version, deleted) VALUES ($1, $2, $3, $4)
    ON CONFLICT (list_id) DO UPDATE SET version = excluded.version, deleted = excluded.deleted, noted_at = now()
    WHERE l.workspace_id = excluded.workspace_id AND l.version <= excluded.version RETURNING 1`,
};

const HOLD: Statement = {
  name: 'recurrence.hold_list',
  text: `SELECT 1 FROM recurrence.list WHERE workspace_id = $1 AND list_id = $2 AND version = $3 FOR SHARE`,
};

/** @returns whether no later change is known. */
export async function noteList(on: Executor, list: ListChange): Promise<boolean> {
  const { list_id: id, workspace_id: workspaceId, version, deleted } = list;
  return (await on.query(NOTE, [id, workspaceId, version, deleted])).length > 0;
}

/** In a transaction, until whose end no later change is noted. @returns whether none was noted before. */
export async function holdList(on: Executor, list: ListChange): Promise<boolean> {
  return (await on.query(HOLD, [list.workspace_id, list.list_id, list.version])).length > 0;
}

/** In a transaction, until whose end its deletion is not noted. @returns whether the list was restored, as far as is known. */
export async function holdRestoredList(on: Executor, workspaceId: string, listId: string): Promise<boolean> {
  const rows = await on.query<{ deleted: boolean }>(
    'SELECT deleted FROM recurrence.list WHERE workspace_id = $1 AND list_id = $2 FOR SHARE',
    [workspaceId, listId],
  );
  return rows[0]?.deleted === false;
}

/** Deletes rows after the last event of their time can arrive. @returns how many; fewer than `limit` means that none are left. */
export async function pruneLists(on: Executor, keepMs: number, limit = 5_000): Promise<number> {
  const rows = await on.query(
    `DELETE FROM recurrence.list WHERE list_id IN (
       SELECT list_id FROM recurrence.list WHERE noted_at < now() - make_interval(secs => $1) LIMIT $2) RETURNING 1`,
    [keepMs / 1_000, limit],
  );
  return rows.length;
}
