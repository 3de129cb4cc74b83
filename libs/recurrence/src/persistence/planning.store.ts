// Statements of planning over the ledger.
import type { Executor, Statement } from '@mono/platform';
import type { OccurrenceRow } from '../domain/occurrence.js';
import { IS_NOT_CLOSED, IS_OPEN, OCCURRENCE_COLUMNS } from './occurrences.store.js';

const ADD: Statement = {
  name: 'recurrence.add_occurrences',
  text: `INSERT INTO recurrence.occurrence (series_id, template_id, workspace_id, original_start, at, note, generation, task_id, wanted)
    SELECT $1, $2, $3, n.original_start, to_timestamp(n.ms / 1000), n.note, n.generation, n.task_id, true
    FROM unnest($4::text[], $5::double precision[], $6::text[], $7::integer[], $8::uuid[])
      AS n (original_start, ms, note, generation, task_id)`,
};

export interface PlannedOccurrence {
  original_start: string;
  at_ms: number;
  note: string | null;
  generation: number;
  task_id: string;
}

/** Adds new occurrences. @throws pg's unique violation. */
export async function addOccurrences(
  on: Executor,
  { series_id, id, workspace_id }: { series_id: string; id: string; workspace_id: string },
  planned: readonly PlannedOccurrence[],
): Promise<void> {
  if (planned.length === 0) return;
  await on.query(ADD, [
    series_id,
    id,
    workspace_id,
    planned.map(({ original_start }) => original_start),
    planned.map(({ at_ms }) => at_ms),
    planned.map(({ note }) => note),
    planned.map(({ generation }) => generation),
    planned.map(({ task_id }) => task_id),
  ]);
}

/** A template's occurrences from a key on, those moved to `now` or later, and with `open` older ones with an open task. By key. */
export function occurrencesToCome(
  on: Executor,
  { id, series_id: seriesId }: { id: string; series_id: string },
  { from, now, open }: { from: string; now: string; open: boolean },
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    {
      name: 'recurrence.occurrences_to_come',
      text: `SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o
        WHERE o.series_id = $1 AND o.template_id = $2 AND o.original_start >= $3
        UNION ALL SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o
        WHERE o.template_id = $2 AND o.original_start < $3 AND o.exception_version > 0 AND o.moved_to >= $4 AND NOT $5
        UNION ALL SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o
        WHERE o.series_id = $1 AND o.template_id = $2 AND o.original_start < $3 AND $5 AND ${IS_OPEN}
        ORDER BY original_start`,
    },
    [seriesId, id, from, now, open],
  );
}

/** Occurrences without a task that were moved to `plan_from` or later. */
export function movedWithoutTask(
  on: Executor,
  { id, plan_from: planFrom }: { id: string; plan_from: string },
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    {
      name: 'recurrence.moved_without_task',
      text: `SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o
        WHERE o.template_id = $1 AND o.exception_version > 0 AND o.moved_to >= $2
          AND NOT o.wanted AND NOT o.skipped AND o.fits AND ${IS_NOT_CLOSED}`,
    },
    [id, planFrom],
  );
}

/** The ids that occurrences already have. */
export async function takenTaskIds(on: Executor, ids: readonly string[]): Promise<Set<string>> {
  const rows = await on.query<{ task_id: string }>(
    'SELECT task_id FROM recurrence.occurrence WHERE task_id = ANY($1::uuid[])',
    [ids],
  );
  return new Set(rows.map(({ task_id }) => task_id));
}

/** By day: the highest generation of occurrences that got another task after theirs was deleted. */
export async function generationsByDay(
  on: Executor,
  seriesId: string,
  from: string,
  before: string,
): Promise<Map<string, number>> {
  const rows = await on.query<{ day: string; generation: number }>(
    {
      name: 'recurrence.generations_by_day',
      text: `SELECT left(original_start, 10) AS day, max(generation) AS generation FROM recurrence.occurrence
        WHERE series_id = $1 AND original_start >= $2 AND original_start < $3 AND generation > 0 GROUP BY 1`,
    },
    [seriesId, from, before],
  );
  return new Map(rows.map(({ day, generation }) => [day, generation]));
}

/** The future occurrences that have, or are to have, a task: their number and the first time. */
export async function findAhead(
  on: Executor,
  { id, series_id: seriesId }: { id: string; series_id: string },
  { from, now }: { from: string; now: string },
): Promise<{ count: number; first: string | null }> {
  const [row] = await on.query<{ count: number; first: string | null }>(
    `SELECT count(*)::int AS count, min(at) AS first FROM recurrence.occurrence
     WHERE series_id = $2 AND original_start >= $3 AND template_id = $1 AND wanted AND at > $4`,
    [id, seriesId, from, now],
  );
  return row ?? { count: 0, first: null };
}
