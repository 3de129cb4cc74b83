// The next occurrences of several templates, from the ledger.
import type { Executor, Statement } from '@mono/platform';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { IS_NOT_CLOSED } from './occurrences.store.js';
import type { TemplateRow } from './templates.store.js';

/** Which occurrences count. */
export interface NextFilter {
  /** Only those that start later: RFC 3339, UTC. */
  now: string;
  /** A key before the first of them. */
  from: string;
  /** Only in these lists. */
  listIds: readonly string[] | null;
}

export interface PlannedStarts {
  id: string;
  /** The first start among those with their date by the rule, and among moved ones: RFC 3339, UTC. */
  by_rule: string | null;
  moved: string | null;
}

/** A gap of the clocks may put a few keys out of the order of their instants. */
const NEAR = 4;

const IS_WITHIN = `($7::text[] IS NULL OR o.fields->>'list_id' IS NULL OR o.fields->>'list_id' = ANY($7::text[]))`;

const PLANNED: Statement = {
  name: 'recurrence.next_planned',
  text: `SELECT t.id,
      (SELECT min(n.at) FROM (
         SELECT o.at FROM recurrence.occurrence o
         WHERE o.series_id = t.series_id AND o.original_start >= $5 AND o.original_start < t.ends_before AND o.template_id = t.id
           AND o.wanted AND o.at > $6 AND o.moved_to IS NULL AND ${IS_NOT_CLOSED} AND ${IS_WITHIN}
         ORDER BY o.original_start LIMIT ${NEAR}) n) AS by_rule,
      (SELECT min(o.moved_to) FROM recurrence.occurrence o
       WHERE o.template_id = t.id AND o.exception_version > 0 AND o.moved_to > $6 AND NOT o.skipped
         AND (o.wanted OR (o.fits AND o.moved_to >= t.plan_from)) AND ${IS_NOT_CLOSED} AND ${IS_WITHIN}) AS moved
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) AS t (id, series_id, ends_before, plan_from)`,
};

/** By template. */
export async function plannedStarts(
  on: Executor,
  templates: readonly Pick<TemplateRow, 'id' | 'series_id' | 'ends_before' | 'plan_from'>[],
  { now, from, listIds }: NextFilter,
): Promise<Map<string, PlannedStarts>> {
  const rows = await on.query<PlannedStarts>(PLANNED, [
    templates.map(({ id }) => id),
    templates.map(({ series_id }) => series_id),
    templates.map(({ ends_before }) => ends_before ?? '~'),
    templates.map(({ plan_from }) => plan_from),
    from,
    now,
    listIds,
  ]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** An occurrence of some series. */
export type OccurrenceKey = Pick<OccurrenceRow, 'series_id' | 'original_start'>;

const TAKEN: Statement = {
  name: 'recurrence.taken_dates',
  text: `SELECT o.series_id, o.original_start FROM unnest($1::uuid[], $2::text[]) AS k (series_id, original_start)
    JOIN recurrence.occurrence o ON o.series_id = k.series_id AND o.original_start = k.original_start
    WHERE o.skipped OR o.moved_to IS NOT NULL OR NOT (${IS_NOT_CLOSED})
      OR ($3::text[] IS NOT NULL AND o.fields->>'list_id' IS NOT NULL AND o.fields->>'list_id' <> ALL($3::text[]))`,
};

/** Those that are skipped, moved, closed, or in other lists. */
export function takenDates(
  on: Executor,
  keys: readonly OccurrenceKey[],
  { listIds }: Pick<NextFilter, 'listIds'>,
): Promise<OccurrenceKey[]> {
  return on.query<OccurrenceKey>(TAKEN, [
    keys.map(({ series_id }) => series_id),
    keys.map(({ original_start }) => original_start),
    listIds,
  ]);
}
