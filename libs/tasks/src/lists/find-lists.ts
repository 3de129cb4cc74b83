// The workspace's lists, a page at a time.
import { Injectable } from '@nestjs/common';
import { buildPage, readPageRequest, requireRights, zoneOf, type CallContext, type CursorKind } from '@mono/contract';
import { instantOfMoment } from '@mono/contract/zones';
import { Database } from '@mono/platform';
import type { ListPage, ListQuery } from '../../contract/list.js';
import type { ListOrder } from '../../contract/task-constants.js';
import { titleKey } from '../domain/title-key.js';
import { Parameters } from '../find-tasks/parameters.js';
import { todayOf, userOf } from '../persistence/list-records.js';
import { isFavorite, listSelection, toList, type ListRow } from '../persistence/list-row.js';

interface ListOrdering {
  kind: CursorKind;
  type: string;
  column: string;
  key: (row: ListRow) => string;
}

const ORDERINGS: Readonly<Record<ListOrder, ListOrdering>> = {
  position: { kind: 'text', type: 'text', column: 'l.position', key: (row) => row.position },
  created_at: { kind: 'instant', type: 'timestamptz', column: 'l.created_at', key: (row) => row.created_at },
  updated_at: { kind: 'instant', type: 'timestamptz', column: 'l.updated_at', key: (row) => row.updated_at },
  title: { kind: 'text', type: 'text', column: 'l.title COLLATE "und-x-icu"', key: (row) => row.title },
};

const ARCHIVED = { false: 'l.archived_at IS NULL', true: 'l.archived_at IS NOT NULL', all: 'true' };

/** A title as domain/title-key.ts folds it: ICU's upper case expands as JavaScript's does, and ı is kept apart in both. */
const TITLE_KEY = `normalize(replace(replace(
    lower(upper(replace(replace(normalize(l.title, NFC), 'ẞ', 'ss'), 'ı', chr(1)) COLLATE "und-x-icu")), 'ς', 'σ'), chr(1), 'ı'), NFC)`;

@Injectable()
export class FindLists {
  constructor(private readonly database: Database) {}

  /** @throws InvalidInputError for a cursor of another filter, order or workspace; DomainError `forbidden`. */
  async find({ principal }: CallContext, query: ListQuery): Promise<ListPage> {
    if (query.favorite !== undefined) requireRights(principal, { user: true });
    const user = userOf(principal);
    const order = query.order_by ?? 'created_at';
    const { kind, type, column, key } = ORDERINGS[order];
    const request = readPageRequest(query, [kind, 'uuid'], {
      order_by: order,
      workspace_id: principal.workspaceId,
      ...(query.favorite !== undefined && { user_id: user }),
    });
    const [direction, comparison] = request.descending ? ['DESC', '<'] : ['ASC', '>'];
    const sorted = `ORDER BY ${column} ${direction}, l.id ${direction}`;
    const parameters = new Parameters();
    const conditions = conditionsOf(principal, query, user, parameters);
    if (request.after) {
      const [value, id] = request.after;
      conditions.push(
        `(${column}, l.id) ${comparison} (${parameters.add(value)}::${type}, ${parameters.add(id)}::uuid)`,
      );
    }
    const page = `SELECT * FROM tasks.list l WHERE ${conditions.join(' AND ')} ${sorted} LIMIT ${request.fetch} OFFSET ${request.offset}`;
    const { columns, counts } = listSelection(parameters.add(todayOf(principal)), parameters.add(user));
    const rows = await this.database.query<ListRow>(
      `SELECT ${columns} FROM (${page}) l ${counts} ${sorted}`,
      parameters.values,
    );
    return buildPage(request, {
      rows,
      item: toList,
      key: (row) => [key(row), row.id],
      total: request.countsExactly ? await this.count(principal, query, user) : undefined,
    });
  }

  private async count(reach: CallContext['principal'], query: ListQuery, user: string | null): Promise<number> {
    const parameters = new Parameters();
    const conditions = conditionsOf(reach, query, user, parameters);
    const [row] = await this.database.query<{ total: number }>(
      `SELECT count(*)::int AS total FROM tasks.list l WHERE ${conditions.join(' AND ')}`,
      parameters.values,
    );
    return row?.total ?? 0;
  }
}

function conditionsOf(
  { workspaceId, listIds, timezone }: CallContext['principal'],
  query: ListQuery,
  user: string | null,
  parameters: Parameters,
): string[] {
  const conditions = [`l.workspace_id = ${parameters.add(workspaceId)}`, ARCHIVED[query.archived ?? 'false']];
  if (listIds !== undefined) conditions.push(`l.id = ANY(${parameters.add(listIds)}::uuid[])`);
  if (query.title_contains !== undefined) {
    conditions.push(`strpos(${TITLE_KEY}, ${parameters.add(titleKey(query.title_contains))}::text) > 0`);
  }
  const instant = (text: string): string =>
    `${parameters.add(instantOfMoment(zoneOf({ timezone }), text))}::timestamptz`;
  if (query.created_before !== undefined) conditions.push(`l.created_at < ${instant(query.created_before)}`);
  if (query.created_after !== undefined) conditions.push(`l.created_at >= ${instant(query.created_after)}`);
  if (query.favorite !== undefined) conditions.push(`${isFavorite(parameters.add(user))} = ${query.favorite}`);
  return conditions;
}
