// The workspace's lists, a page at a time.
import { Injectable } from '@nestjs/common';
import { buildPage, readPageRequest, type CallContext } from '@mono/contract';
import { Database } from '@mono/platform';
import type { ListPage, ListQuery } from '../../contract/list.js';
import type { ListOrder } from '../../contract/task-constants.js';
import type { Reach } from '../domain/reach.js';
import { LIST_SELECTION, toList, type ListRow } from '../persistence/list-records.js';

const TYPES: Readonly<
  Record<ListOrder, { kind: 'instant' | 'text'; type: string; column: string; key: (row: ListRow) => string }>
> = {
  created_at: {
    kind: 'instant',
    type: 'timestamptz',
    column: 'l.created_at',
    key: (row) => row.created_at,
  },
  updated_at: {
    kind: 'instant',
    type: 'timestamptz',
    column: 'l.updated_at',
    key: (row) => row.updated_at,
  },
  title: { kind: 'text', type: 'text', column: 'l.title COLLATE "und-x-icu"', key: (row) => row.title },
};

@Injectable()
export class FindLists {
  constructor(private readonly database: Database) {}

  async find(context: CallContext, query: ListQuery): Promise<ListPage> {
    const { workspaceId, listIds } = context.principal;
    const order = query.order_by ?? 'created_at';
    const { kind, type, column, key } = TYPES[order];
    const request = readPageRequest(query, [kind, 'uuid'], { order_by: order, workspace_id: workspaceId });
    const direction = request.descending ? 'DESC' : 'ASC';
    const values: unknown[] = [workspaceId];
    let after = '';
    if (request.after) {
      values.push(...request.after);
      after = `AND (${column}, l.id) ${request.descending ? '<' : '>'} ($2::${type}, $3::uuid)`;
    }
    let within = '';
    if (listIds !== undefined) {
      values.push(listIds);
      within = `AND l.id = ANY($${values.length}::uuid[])`;
    }
    const page = `SELECT * FROM tasks.list l WHERE l.workspace_id = $1 ${after} ${within} ORDER BY ${column} ${direction}, l.id ${direction} LIMIT ${request.fetch} OFFSET ${request.offset}`;
    const rows = await this.database.query<ListRow>(
      `SELECT ${LIST_SELECTION.columns} FROM (${page}) l ${LIST_SELECTION.counts} ORDER BY ${column} ${direction}, l.id ${direction}`,
      values,
    );
    return buildPage(request, {
      rows,
      item: toList,
      key: (row) => [key(row), row.id],
      total: request.countsExactly ? await this.count(context.principal) : undefined,
    });
  }

  private async count({ workspaceId, listIds }: Reach): Promise<number> {
    const [row] = await this.database.query<{ total: number }>(
      `SELECT count(*)::int AS total FROM tasks.list
       WHERE workspace_id = $1 AND ($2::uuid[] IS NULL OR id = ANY($2::uuid[]))`,
      [workspaceId, listIds ?? null],
    );
    return row?.total ?? 0;
  }
}
