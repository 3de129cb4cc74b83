// The table of rye loaves. Every statement names the workspace.
import { Injectable } from '@nestjs/common';
import type { PageRequest } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { RyeLoaf } from '../../contract/index.js';

const COLUMNS = 'id, title, version, created_at, updated_at';

export type RyeLoafFields = Pick<RyeLoaf, 'title'>;

@Injectable()
export class RyeLoafStore {
  async insert(on: Executor, workspaceId: string, { title }: RyeLoafFields): Promise<RyeLoaf> {
    const [row] = await on.query<RyeLoaf>(
      {
        name: 'corner_bakery.insert_rye_loaf',
        text: `INSERT INTO corner_bakery.rye_loaf (id, workspace_id, title) VALUES ($1, $2, $3) RETURNING ${COLUMNS}`,
      },
      [uuidv7(), workspaceId, title],
    );
    if (!row) throw new Error('Invariant violated: an insert returned no row.');
    return row;
  }

  async find(on: Executor, workspaceId: string, id: string): Promise<RyeLoaf | undefined> {
    const [row] = await on.query<RyeLoaf>(
      {
        name: 'corner_bakery.find_rye_loaf',
        text: `SELECT ${COLUMNS} FROM corner_bakery.rye_loaf WHERE workspace_id = $1 AND id = $2`,
      },
      [workspaceId, id],
    );
    return row;
  }

  /** Until the end of the transaction nobody else changes it. */
  async lock(on: Executor, workspaceId: string, id: string): Promise<RyeLoaf | undefined> {
    const [row] = await on.query<RyeLoaf>(
      {
        name: 'corner_bakery.lock_rye_loaf',
        text: `SELECT ${COLUMNS} FROM corner_bakery.rye_loaf WHERE workspace_id = $1 AND id = $2 FOR UPDATE`,
      },
      [workspaceId, id],
    );
    return row;
  }

  async update(on: Executor, workspaceId: string, id: string, { title }: RyeLoafFields): Promise<RyeLoaf> {
    const [row] = await on.query<RyeLoaf>(
      {
        name: 'corner_bakery.update_rye_loaf',
        text: `UPDATE corner_bakery.rye_loaf SET title = $3, version = version + 1, updated_at = greatest(clock_timestamp(), updated_at)
          WHERE workspace_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      },
      [workspaceId, id, title],
    );
    if (!row) throw new Error('Invariant violated: a locked row is gone.');
    return row;
  }

  async delete(on: Executor, workspaceId: string, id: string): Promise<void> {
    await on.query(
      {
        name: 'corner_bakery.delete_rye_loaf',
        text: 'DELETE FROM corner_bakery.rye_loaf WHERE workspace_id = $1 AND id = $2',
      },
      [workspaceId, id],
    );
  }

  page(on: Executor, workspaceId: string, { after, descending, fetch, offset }: PageRequest): Promise<RyeLoaf[]> {
    const past = after ? ` AND id ${descending ? '<' : '>'} $2::uuid` : '';
    return on.query<RyeLoaf>(
      `SELECT ${COLUMNS} FROM corner_bakery.rye_loaf WHERE workspace_id = $1${past}
       ORDER BY id ${descending ? 'DESC' : 'ASC'} LIMIT ${fetch} OFFSET ${offset}`,
      after ? [workspaceId, after[0]] : [workspaceId],
    );
  }

  async count(on: Executor, workspaceId: string): Promise<number> {
    const [row] = await on.query<{ total: number }>(
      'SELECT count(*)::int AS total FROM corner_bakery.rye_loaf WHERE workspace_id = $1',
      [workspaceId],
    );
    return row?.total ?? 0;
  }

  async erase(on: Executor, workspaceIds: readonly string[]): Promise<void> {
    await on.query('DELETE FROM corner_bakery.rye_loaf WHERE workspace_id = ANY($1::uuid[])', [workspaceIds]);
  }
}
