// The workspace's templates, a page at a time.
import { buildPage, readPageRequest, type CallContext } from '@mono/contract';
import type { TransactionalExecutor } from '@mono/platform';
import type { TemplatePage, TemplateQuery } from '../../contract/template.js';
import type { TemplateOrder } from '../../contract/template-constants.js';
import { TEMPLATE_COLUMNS, toTemplate, type TemplateRow } from '../persistence/templates.store.js';
import { nextStarts } from './next-occurrences.js';

const ORDERS: Readonly<Record<TemplateOrder, { kind: 'instant' | 'text'; type: string; column: string }>> = {
  created_at: { kind: 'instant', type: 'timestamptz', column: 't.created_at' },
  updated_at: { kind: 'instant', type: 'timestamptz', column: 't.updated_at' },
  title: { kind: 'text', type: 'text', column: 't.title COLLATE "und-x-icu"' },
};

export async function findTemplates(
  database: TransactionalExecutor,
  { principal }: CallContext,
  query: TemplateQuery,
): Promise<TemplatePage> {
  const order = query.order_by ?? 'created_at';
  const { kind, type, column } = ORDERS[order];
  const { workspaceId, listIds = null } = principal;
  const request = readPageRequest(query, [kind, 'uuid'], { order_by: order, workspace_id: workspaceId });
  const direction = request.descending ? 'DESC' : 'ASC';
  const filter = `t.workspace_id = $1 AND t.deleted_at IS NULL AND ($2::uuid[] IS NULL OR t.list_id = ANY($2::uuid[]))
    AND ($3::uuid IS NULL OR t.list_id = $3) AND ($4::uuid IS NULL OR t.series_id = $4) AND ($5::text IS NULL OR t.status = $5)`;
  const filtered = [workspaceId, listIds, query.list_id ?? null, query.series_id ?? null, query.status ?? null];
  const after = request.after ? `AND (${column}, t.id) ${request.descending ? '<' : '>'} ($6::${type}, $7::uuid)` : '';
  const rows = await database.query<TemplateRow>(
    `SELECT ${TEMPLATE_COLUMNS} FROM recurrence.template t WHERE ${filter} ${after}
     ORDER BY ${column} ${direction}, t.id ${direction} LIMIT ${request.fetch} OFFSET ${request.offset}`,
    [...filtered, ...(request.after ?? [])],
  );
  const [counted] = request.countsExactly
    ? await database.query<{ total: number }>(
        `SELECT count(*)::int AS total FROM recurrence.template t WHERE ${filter}`,
        filtered,
      )
    : [];
  const next = await nextStarts(database, principal, rows);
  return buildPage(request, {
    rows,
    item: (row) => toTemplate(row, next.get(row.id)),
    key: (row) => [row[order], row.id],
    total: counted?.total,
  });
}
