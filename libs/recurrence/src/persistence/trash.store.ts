// The templates in the trash, and the erasure of those that leave it.
import type { Executor } from '@mono/platform';
import { TEMPLATE_COLUMNS, type TemplateRow } from './templates.store.js';

export interface TrashFilter {
  workspaceId: string;
  /** undefined: all of the workspace. */
  listIds?: readonly string[] | undefined;
  listId?: string | undefined;
  /** Part of the title. */
  q?: string | undefined;
}

/** With the number of its exceptions. */
export type TrashedRow = TemplateRow & { exceptions: number };

const MATCHES = `t.workspace_id = $1 AND t.deleted_at IS NOT NULL AND t.before_deletion IS NOT NULL
  AND ($2::uuid[] IS NULL OR t.list_id = ANY($2::uuid[])) AND ($3::uuid IS NULL OR t.list_id = $3)
  AND ($4::text IS NULL OR position(lower($4) IN lower(t.title)) > 0)`;

/** The newest deletion first. @param after the previous item. */
export function findTrashed(
  on: Executor,
  filter: TrashFilter,
  { after, limit }: { after?: { deleted_at: string; id: string } | undefined; limit: number },
): Promise<TrashedRow[]> {
  return on.query<TrashedRow>(
    `SELECT ${TEMPLATE_COLUMNS}, (
         SELECT count(*)::int FROM recurrence.occurrence o WHERE o.template_id = t.id AND o.exception_version > 0
           AND (o.skipped OR o.moved_to IS NOT NULL OR o.fields IS NOT NULL)) AS exceptions
     FROM recurrence.template t WHERE ${MATCHES} AND ($5::timestamptz IS NULL OR (t.deleted_at, t.id) < ($5, $6::uuid))
     ORDER BY t.deleted_at DESC, t.id DESC LIMIT $7`,
    [...valuesOf(filter), after?.deleted_at ?? null, after?.id ?? null, limit],
  );
}

export async function countTrashed(on: Executor, filter: TrashFilter): Promise<number> {
  const [row] = await on.query<{ total: number }>(
    `SELECT count(*)::int AS total FROM recurrence.template t WHERE ${MATCHES}`,
    valuesOf(filter),
  );
  return row?.total ?? 0;
}

function valuesOf({ workspaceId, listIds, listId, q }: TrashFilter): unknown[] {
  return [workspaceId, listIds ?? null, listId ?? null, q ?? null];
}

/** Templates whose time in the trash is over. */
export function findExpired(on: Executor, days: number, limit: number): Promise<{ id: string }[]> {
  return on.query<{ id: string }>(
    `SELECT id FROM recurrence.template
     WHERE deleted_at < now() - make_interval(days => $1) AND NOT purge ORDER BY deleted_at LIMIT $2`,
    [days, limit],
  );
}

/** Templates to erase. */
export function findPurged(on: Executor, limit: number): Promise<{ id: string }[]> {
  return on.query<{ id: string }>(
    `SELECT id FROM recurrence.template WHERE deleted_at IS NOT NULL AND purge ORDER BY deleted_at LIMIT $1`,
    [limit],
  );
}

/** In a transaction: locks the series. @returns its number of templates; 0 unless tasks knows all that this one has planned. */
export async function lockToErase(on: Executor, id: string): Promise<{ templates: number; series_id: string }> {
  const series = await on.query<{ id: string; series_id: string; is_planned: boolean }>(
    `SELECT t.id, t.series_id, t.revision = t.planned_revision AS is_planned FROM recurrence.template t
     WHERE t.series_id = (SELECT series_id FROM recurrence.template WHERE id = $1 AND purge AND deleted_at IS NOT NULL)
     ORDER BY t.id FOR UPDATE`,
    [id],
  );
  const own = series.find((row) => row.id === id);
  const unknown = await on.query(
    'SELECT 1 FROM recurrence.occurrence WHERE template_id = $1 AND settled_revision < revision LIMIT 1',
    [id],
  );
  const isReady = own?.is_planned === true && unknown.length === 0;
  return { templates: isReady ? series.length : 0, series_id: own?.series_id ?? id };
}

/** Deletes a part of the ledger of a series. @returns how many rows; fewer than `limit` means that none are left. */
export async function eraseLedger(on: Executor, seriesId: string, limit: number): Promise<number> {
  const rows = await on.query(
    `DELETE FROM recurrence.occurrence WHERE series_id = $1 AND original_start IN (
       SELECT original_start FROM recurrence.occurrence WHERE series_id = $1 ORDER BY original_start LIMIT $2) RETURNING 1`,
    [seriesId, limit],
  );
  return rows.length;
}

/** Erases the content of exceptions. The other templates of the series still need to know which task ids were used. */
export async function eraseContent(
  on: Executor,
  { series_id: seriesId, id }: { series_id: string; id: string },
): Promise<void> {
  await on.query(
    `UPDATE recurrence.occurrence SET fields = NULL WHERE series_id = $1 AND template_id = $2 AND fields IS NOT NULL`,
    [seriesId, id],
  );
}

export async function eraseTemplate(on: Executor, id: string): Promise<void> {
  await on.query('DELETE FROM recurrence.template WHERE id = $1', [id]);
}
