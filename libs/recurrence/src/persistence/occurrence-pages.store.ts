// Pages of a template's occurrences and exceptions, as far as the caller's lists reach.
import type { Executor } from '@mono/platform';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { OCCURRENCE_COLUMNS } from './occurrences.store.js';

/** The lists that the caller may read. Occurrences that were moved to other lists are left out. */
export interface WithinLists {
  listIds?: readonly string[] | null;
}

function withinLists(ids: string): string {
  return `(${ids}::text[] IS NULL OR o.fields->>'list_id' IS NULL OR o.fields->>'list_id' = ANY(${ids}::text[]))`;
}

/** A page of exceptions; `after` is exclusive. */
export function exceptionsOf(
  on: Executor,
  { listIds = null }: WithinLists,
  templateId: string,
  after: string | undefined,
  limit: number,
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    `SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o
     WHERE o.template_id = $1 AND o.exception_version > 0 AND (o.skipped OR o.moved_to IS NOT NULL OR o.fields IS NOT NULL)
       AND ($2::text IS NULL OR o.original_start > $2) AND ${withinLists('$4')}
     ORDER BY o.original_start LIMIT $3`,
    [templateId, after ?? null, limit, listIds],
  );
}

export interface OccurrenceWindow {
  /** Bounds of keys, wider than the instants: inclusive, exclusive. */
  from: string;
  before: string;
  /** Only later keys. */
  after: string | null;
  /** When they start, moved or not, in milliseconds: inclusive, exclusive. */
  fromMs: number;
  toMs: number;
  limit: number;
}

/** Without occurrences that are no longer dates of the rule. Ordered by key. */
export function occurrencesWithin(
  on: Executor,
  { listIds = null }: WithinLists,
  { id, series_id: seriesId }: { id: string; series_id: string },
  { from, before, after, fromMs, toMs, limit }: OccurrenceWindow,
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    `SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o
     WHERE o.series_id = $1 AND o.template_id = $2 AND ($5::text IS NULL OR o.original_start > $5)
       AND (o.fits OR o.wanted OR o.skipped OR o.moved_to IS NOT NULL OR o.fields IS NOT NULL)
       AND ((o.original_start >= $3 AND o.original_start < $4) OR (o.exception_version > 0 AND o.moved_to IS NOT NULL))
       AND coalesce(o.moved_to, o.at) >= to_timestamp($6::double precision / 1000)
       AND coalesce(o.moved_to, o.at) < to_timestamp($7::double precision / 1000) AND ${withinLists('$9')}
     ORDER BY o.original_start LIMIT $8`,
    [seriesId, id, from, before, after, fromMs, toMs, limit, listIds],
  );
}
