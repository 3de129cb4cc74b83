// Reads the templates of a calendar in few statements, however many they are.
import type { Executor } from '@mono/platform';
import type { ExceptionFields } from '../domain/content.js';
import { TEMPLATE_COLUMNS, type TemplateRow } from './templates.store.js';

/** An occurrence that differs from its template. */
export interface DifferingRow {
  template_id: string;
  original_start: string;
  skipped: boolean;
  wanted: boolean;
  moved_to: string | null;
  fields: ExceptionFields | null;
}

/** For all templates of a page; the latest ones if there are more. */
const MAX_DIFFERING = 20_000;

/** Rows per query, some of which have long lists of dates. */
const PAGE = 100;

/** Pages of templates, the latest first. */
export async function* templatesOfList(
  on: Executor,
  workspaceId: string,
  listId: string,
  most: number,
): AsyncGenerator<TemplateRow[]> {
  let before: string | null = null;
  for (let left = most; left > 0; left -= PAGE) {
    const rows: TemplateRow[] = await on.query<TemplateRow>(
      `SELECT ${TEMPLATE_COLUMNS} FROM recurrence.template t
       WHERE t.workspace_id = $1 AND t.list_id = $2 AND t.deleted_at IS NULL AND ($3::uuid IS NULL OR t.id < $3::uuid)
       ORDER BY t.id DESC LIMIT $4`,
      [workspaceId, listId, before, Math.min(left, PAGE)],
    );
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE) return;
    before = rows.at(-1)?.id ?? null;
  }
}

/** By template, ordered by key. */
export async function differingOf(
  on: Executor,
  templates: readonly Pick<TemplateRow, 'id' | 'series_id'>[],
): Promise<Map<string, DifferingRow[]>> {
  const rows = await on.query<DifferingRow>(
    `SELECT o.template_id, o.original_start, o.skipped, o.wanted, o.moved_to, o.fields
     FROM recurrence.occurrence o
     WHERE o.series_id = ANY($1::uuid[]) AND o.template_id = ANY($2::uuid[]) AND o.fits
       AND (o.skipped OR o.moved_to IS NOT NULL OR o.fields IS NOT NULL OR NOT o.wanted)
     ORDER BY o.original_start DESC LIMIT ${MAX_DIFFERING}`,
    [[...new Set(templates.map(({ series_id }) => series_id))], templates.map(({ id }) => id)],
  );
  return Map.groupBy(rows.toReversed(), ({ template_id }) => template_id);
}
