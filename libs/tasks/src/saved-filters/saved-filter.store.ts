// The table of saved filters. A personal one exists for its owner only.
import { Injectable } from '@nestjs/common';
import type { PageRequest } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { SavedFilter } from '../../contract/index.js';
import { positionBeside } from '../domain/position.js';

export type FilterFields = Pick<
  SavedFilter,
  'name' | 'filter' | 'order_by' | 'order_dir' | 'group_by' | 'view' | 'color' | 'visibility' | 'position'
>;
export type FilterRow = FilterFields &
  Pick<SavedFilter, 'id' | 'owner_id' | 'version' | 'created_at' | 'updated_at'> & { workspace_id: string };

/** The filters that a caller sees: those of the user, and mostly the shared ones. */
export interface FilterReader {
  workspaceId: string;
  /** null: not a user. */
  userId: string | null;
  seesShared: boolean;
}

const COLUMNS =
  'id, workspace_id, name, filter, order_by, order_dir, group_by, view, color, visibility, owner_id, position, version, created_at, updated_at';
const VISIBLE = `workspace_id = $1 AND (($3::boolean AND visibility = 'shared') OR owner_id = $2::uuid)`;

@Injectable()
export class SavedFilterStore {
  /** In a transaction: nobody else changes filters of the workspace until its end. */
  async lock(on: Executor, workspaceId: string): Promise<void> {
    await on.query(`SELECT pg_advisory_xact_lock(hashtextextended('tasks.saved_filter ' || $1, 0))`, [workspaceId]);
  }

  async find(
    on: Executor,
    { workspaceId, userId, seesShared }: FilterReader,
    id: string,
  ): Promise<FilterRow | undefined> {
    const statement = {
      name: 'tasks.find_filter',
      text: `SELECT ${COLUMNS} FROM tasks.saved_filter WHERE ${VISIBLE} AND id = $4`,
    };
    const [row] = await on.query<FilterRow>(statement, [workspaceId, userId, seesShared, id]);
    return row;
  }

  page(
    on: Executor,
    { workspaceId, userId, seesShared }: FilterReader,
    { after, descending, fetch, offset }: PageRequest,
  ): Promise<FilterRow[]> {
    const direction = descending ? 'DESC' : 'ASC';
    const past = after ? ` AND (position, id) ${descending ? '<' : '>'} ($4, $5::uuid)` : '';
    return on.query<FilterRow>(
      `SELECT ${COLUMNS} FROM tasks.saved_filter WHERE ${VISIBLE}${past}
       ORDER BY position ${direction}, id ${direction} LIMIT ${fetch} OFFSET ${offset}`,
      [workspaceId, userId, seesShared, ...(after ?? [])],
    );
  }

  async count(on: Executor, { workspaceId, userId, seesShared }: FilterReader): Promise<number> {
    const [row] = await on.query<{ total: number }>(
      `SELECT count(*)::int AS total FROM tasks.saved_filter WHERE ${VISIBLE}`,
      [workspaceId, userId, seesShared],
    );
    return row?.total ?? 0;
  }

  /** Those that count for the same bound: the shared ones of the workspace, or the personal ones of a user. */
  async countAlike(
    on: Executor,
    { workspace_id, visibility, owner_id }: Pick<FilterRow, 'workspace_id' | 'visibility' | 'owner_id'>,
  ): Promise<number> {
    const [row] = await on.query<{ total: number }>(
      `SELECT count(*)::int AS total FROM tasks.saved_filter
       WHERE workspace_id = $1 AND visibility = $2 AND (visibility = 'shared' OR owner_id = $3::uuid)`,
      [workspace_id, visibility, owner_id],
    );
    return row?.total ?? 0;
  }

  /** Under the lock: a key beside the filter, among those of all users. @param id of the filter that is moved. */
  async positionBeside(
    on: Executor,
    { workspace_id, position }: FilterRow,
    side: 'before' | 'after',
    id: string | undefined,
  ): Promise<string> {
    const [next] = await on.query<{ position: string | null }>(
      `SELECT ${side === 'before' ? 'max' : 'min'}(position) AS position FROM tasks.saved_filter
       WHERE workspace_id = $1 AND position ${side === 'before' ? '<' : '>'} $2 AND id IS DISTINCT FROM $3::uuid`,
      [workspace_id, position, id ?? null],
    );
    return positionBeside(side, position, next?.position ?? undefined);
  }

  async insert(on: Executor, filter: FilterFields & Pick<FilterRow, 'id' | 'workspace_id' | 'owner_id'>) {
    const [row] = await on.query<FilterRow>(
      `INSERT INTO tasks.saved_filter (${COLUMNS})
       SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, at, at FROM clock_timestamp() AS at RETURNING ${COLUMNS}`,
      [
        filter.id,
        filter.workspace_id,
        filter.name,
        filter.filter,
        filter.order_by,
        filter.order_dir,
        filter.group_by,
        filter.view,
        filter.color,
        filter.visibility,
        filter.owner_id,
        filter.position,
      ],
    );
    return required(row);
  }

  /** Under the lock. */
  async update(on: Executor, { workspace_id, id }: FilterRow, fields: FilterFields): Promise<FilterRow> {
    const [row] = await on.query<FilterRow>(
      `UPDATE tasks.saved_filter SET name = $3, filter = $4, order_by = $5, order_dir = $6, group_by = $7, view = $8,
         color = $9, visibility = $10, position = $11, version = version + 1,
         updated_at = greatest(clock_timestamp()::timestamptz(3), updated_at)
       WHERE workspace_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [
        workspace_id,
        id,
        fields.name,
        fields.filter,
        fields.order_by,
        fields.order_dir,
        fields.group_by,
        fields.view,
        fields.color,
        fields.visibility,
        fields.position,
      ],
    );
    return required(row);
  }

  async delete(on: Executor, { workspace_id, id }: FilterRow): Promise<void> {
    await on.query('DELETE FROM tasks.saved_filter WHERE workspace_id = $1 AND id = $2', [workspace_id, id]);
  }

  /** @returns those that were deleted. */
  deletePersonal(on: Executor, { workspaceId, userId }: Omit<FilterReader, 'seesShared'>): Promise<FilterRow[]> {
    return on.query<FilterRow>(
      `DELETE FROM tasks.saved_filter WHERE workspace_id = $1 AND visibility = 'personal' AND owner_id = $2
       RETURNING ${COLUMNS}`,
      [workspaceId, userId],
    );
  }
}

/** With the workspace. @returns how many; fewer than `limit` means that no more are there. */
export async function eraseFilters(on: Executor, workspaceId: string, limit: number): Promise<number> {
  const rows = await on.query(
    `DELETE FROM tasks.saved_filter WHERE workspace_id = $1 AND id IN (
       SELECT id FROM tasks.saved_filter WHERE workspace_id = $1 LIMIT $2) RETURNING 1`,
    [workspaceId, limit],
  );
  return rows.length;
}

export function toSavedFilter(row: FilterRow): SavedFilter {
  return {
    id: row.id,
    name: row.name,
    filter: row.filter,
    order_by: row.order_by,
    order_dir: row.order_dir,
    group_by: row.group_by,
    view: row.view,
    color: row.color,
    visibility: row.visibility,
    owner_id: row.owner_id,
    position: row.position,
    version: row.version,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}

function required(row: FilterRow | undefined): FilterRow {
  if (!row) throw new Error('Invariant violated: a locked filter is gone.');
  return row;
}
