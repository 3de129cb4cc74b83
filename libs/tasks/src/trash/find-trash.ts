// The trash of a workspace, a page at a time: the deletions, each with how much went with it.
import { Injectable } from '@nestjs/common';
import { hasScope, type CallContext } from '@mono/contract';
import { Database, NodeInfo } from '@mono/platform';
import type { FindTrash as Query, FoundTrash, TrashItem } from '@mono/trash/contract';

interface FoundRow {
  id: string;
  kind: 'task' | 'list';
  title: string;
  list_id: string;
  deleted_at: string;
  actor_kind: TrashItem['deleted_by']['kind'];
  actor_id: string;
  tasks: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
const KINDS = ['task', 'list'];

const MATCHES = `r.workspace_id = $1 AND r.id = r.root_id AND r.kind = ANY($2::text[])
  AND ($3::uuid[] IS NULL OR r.list_id = ANY($3::uuid[])) AND ($4::uuid IS NULL OR r.list_id = $4::uuid)
  AND ($5::text IS NULL OR strpos(lower(r.title COLLATE "und-x-icu"), lower($5::text COLLATE "und-x-icu")) > 0)`;

const PAGE = {
  name: 'tasks.find_trash',
  text: `
    SELECT r.id, r.kind, r.title, r.list_id, r.deleted_at, r.actor_kind, r.actor_id, m.tasks
    FROM (
      SELECT * FROM tasks.trash r
      WHERE ${MATCHES} AND ($6::timestamptz IS NULL OR (r.deleted_at, r.id) < ($6::timestamptz, $7::uuid))
      ORDER BY r.deleted_at DESC, r.id DESC LIMIT $8
    ) r
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS tasks FROM tasks.trash m
      WHERE m.root_id = r.id AND m.id <> m.root_id AND ($3::uuid[] IS NULL OR m.list_id = ANY($3::uuid[]))
    ) m
    ORDER BY r.deleted_at DESC, r.id DESC`,
};
const COUNT = { name: 'tasks.count_trash', text: `SELECT count(*)::int AS total FROM tasks.trash r WHERE ${MATCHES}` };

@Injectable()
export class FindTrash {
  constructor(
    private readonly database: Database,
    private readonly node: NodeInfo,
  ) {}

  async find({ principal }: CallContext, { types, list_id, q, after, limit, count }: Query): Promise<FoundTrash> {
    if (!hasScope(principal, 'tasks:read')) return { items: [], total: count === true ? 0 : null };
    const { workspaceId, listIds = null } = principal;
    const kinds = KINDS.filter((kind) => types?.includes(kind) ?? true);
    const matches = [workspaceId, kinds, listIds, list_id ?? null, q ?? null];
    const rows = await this.database.query<FoundRow>(PAGE, [
      ...matches,
      after?.deleted_at ?? null,
      after?.id ?? null,
      limit,
    ]);
    const [counted] = count === true ? await this.database.query<{ total: number }>(COUNT, matches) : [];
    return { items: rows.map((row) => this.item(row)), total: counted?.total ?? null };
  }

  private item({ id, kind, title, list_id, deleted_at, actor_kind, actor_id, tasks }: FoundRow): TrashItem {
    return {
      id,
      type: kind,
      title,
      list_id: kind === 'list' ? null : list_id,
      deleted_at,
      deleted_by: { kind: actor_kind, id: actor_id },
      holds: { task: tasks },
      expires_at: new Date(Date.parse(deleted_at) + this.node.trashDays * DAY_MS).toISOString(),
    };
  }
}
