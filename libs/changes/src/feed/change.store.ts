// Reads feeds. Every statement names the workspace.
import { Injectable } from '@nestjs/common';
import { Database, type Executor } from '@mono/platform';
import type { NewChange } from './event-row.js';
import type { Visible } from './thing-types.js';

/** Positions that one read looks at. They have no gaps. */
export const WINDOW = 5_000;

export type ChangeRow = Omit<NewChange, 'workspace_id'> & { position: number };

export interface Feed {
  /** The position of the last change. */
  head: number;
  /** Changes up to here may be gone. */
  prunedTo: number;
}

export interface FeedRead extends Feed {
  /** Those that the caller sees, in order. */
  rows: ChangeRow[];
}

const HEAD = {
  name: 'changes.head',
  text: 'SELECT position, pruned_to FROM changes.feed WHERE workspace_id = $1',
};
/** Head and changes are of one moment, as they are of one statement. */
const READ = {
  name: 'changes.read',
  text: `
    SELECT f.position AS head, f.pruned_to, c.*
    FROM changes.feed f LEFT JOIN LATERAL (
      SELECT position, event_id, type, thing_id, change, version, list_id, from_list_id, fields, keys, actor_kind, actor_id,
        origin, request_id, occurred_at
      FROM changes.change
      WHERE workspace_id = f.workspace_id AND position > $2::bigint AND position <= $2::bigint + ${WINDOW}
        AND (type = ANY($4::text[])
          OR (type = ANY($5::text[]) AND (list_id = ANY($6::uuid[]) OR from_list_id = ANY($6::uuid[])))
          OR (type = ANY($7::text[]) AND (thing_id = $8::uuid OR list_id IN ($1, $8::uuid) OR from_list_id IN ($1, $8::uuid))))
        AND (type <> ALL($9::text[]) OR keys ->> 'user_id' = $8::uuid::text)
      ORDER BY position LIMIT $3
    ) c ON true
    WHERE f.workspace_id = $1 ORDER BY c.position`,
};

type Joined = { head: string; pruned_to: string } & { [Column in keyof ChangeRow]: ChangeRow[Column] | null };

@Injectable()
export class ChangeStore {
  constructor(private readonly database: Database) {}

  async head(workspaceId: string): Promise<number> {
    const [row] = await this.database.query<{ position: string }>(HEAD, [workspaceId]);
    return Number(row?.position ?? 0);
  }

  async read(workspaceId: string, after: number, limit: number, visible: Visible): Promise<FeedRead> {
    const { open, listed, lists, own, personal = [], userId } = visible;
    const values = [workspaceId, after, limit, open, listed, lists, own, userId, personal];
    const rows = await this.database.query<Joined>(READ, values);
    const [first] = rows;
    return {
      head: Number(first?.head ?? 0),
      prunedTo: Number(first?.pruned_to ?? 0),
      rows: rows
        .filter(({ position }) => position !== null)
        .map(({ head: _head, pruned_to: _to, ...row }) =>
          Object.assign(row as ChangeRow, { position: Number(row.position) }),
        ),
    };
  }

  /** In a transaction that has locked the feeds: events that come later are ignored. */
  async close(on: Executor, workspaceIds: readonly string[]): Promise<void> {
    await on.query(
      'UPDATE changes.feed SET erased_at = coalesce(erased_at, now()) WHERE workspace_id = ANY($1::uuid[])',
      [workspaceIds],
    );
  }

  /** With the workspace. @returns how many; fewer than `limit` means that no more are there. */
  async eraseBatch(workspaceId: string, limit: number): Promise<number> {
    const rows = await this.database.query(
      `DELETE FROM changes.change WHERE workspace_id = $1 AND position IN (
        SELECT position FROM changes.change WHERE workspace_id = $1 ORDER BY position LIMIT $2) RETURNING 1`,
      [workspaceId, limit],
    );
    return rows.length;
  }
}
