// The ledger: one row per occurrence that has been planned, skipped, moved or edited. The template's row is locked before
// any of its occurrences', so that whoever plans, hears or settles does so one after the other.
import type { Executor, Statement } from '@mono/platform';
import type { TaskStatus } from '@mono/tasks/contract';
import type { OccurrenceRow } from '../domain/occurrence.js';

export type { OccurrenceRow } from '../domain/occurrence.js';

const COLUMNS = `o.series_id, o.original_start, o.template_id, o.workspace_id, o.at, o.note, o.generation, o.task_id, o.wanted,
  o.made, o.fits, o.skipped, o.moved_to, o.fields, o.exception_version, o.exception_at, o.revision, o.settled_revision,
  o.forced, o.task_status, o.seen, o.predecessor_id, o.closed_at, o.zone_revision`;

const TYPES = `series_id uuid, original_start text, template_id uuid, workspace_id uuid, at timestamptz, note text,
  generation integer, task_id uuid, wanted boolean, made boolean, fits boolean, skipped boolean, moved_to timestamptz,
  fields json, exception_version integer, exception_at timestamptz, revision integer, settled_revision integer,
  forced boolean, task_status text, seen json, predecessor_id uuid, closed_at timestamptz,
  zone_revision integer`;

const NAMES = TYPES.split(',').map((column) => column.trim().split(' ')[0] ?? '');

/** It has, or is to have, a task that nobody has closed. */
const OPEN = `o.wanted AND (o.task_status IS NULL OR o.task_status NOT IN ('done', 'cancelled', 'archived'))`;

const INSERT: Statement = {
  name: 'recurrence.insert_occurrences',
  text: `INSERT INTO recurrence.occurrence (${NAMES.join(', ')})
    SELECT ${NAMES.join(', ')} FROM json_to_recordset($1) AS n(${TYPES})`,
};

/** A row that is moved to another key is found by its task, which it keeps. */
const SAVE: Statement = {
  name: 'recurrence.save_occurrences',
  text: `UPDATE recurrence.occurrence o SET ${NAMES.filter((name) => name !== 'series_id')
    .map((name) => `${name} = n.${name}`)
    .join(', ')}
    FROM json_to_recordset($1) AS n(${TYPES}, was_task_id uuid) WHERE o.task_id = n.was_task_id`,
};

const ADD: Statement = {
  name: 'recurrence.add_occurrences',
  text: `INSERT INTO recurrence.occurrence (series_id, template_id, workspace_id, original_start, at, note, generation, task_id, wanted)
    SELECT $1, $2, $3, n.original_start, to_timestamp(n.ms / 1000), n.note, n.generation, n.task_id, true
    FROM unnest($4::text[], $5::double precision[], $6::text[], $7::integer[], $8::uuid[])
      AS n (original_start, ms, note, generation, task_id)`,
};

const DIRTY: Statement = {
  name: 'recurrence.unsettled_occurrences',
  text: `SELECT ${COLUMNS} FROM recurrence.occurrence o
    WHERE o.template_id = $1 AND o.settled_revision < o.revision ORDER BY o.original_start LIMIT $2`,
};

const SETTLE: Statement = {
  name: 'recurrence.settle_occurrences',
  text: `UPDATE recurrence.occurrence o SET
      settled_revision = greatest(o.settled_revision, n.revision),
      made = o.made OR n.made,
      wanted = CASE WHEN o.revision = n.revision AND NOT o.skipped THEN coalesce(n.wanted, o.wanted) ELSE o.wanted END,
      skipped = CASE WHEN o.revision = n.revision THEN o.skipped OR n.gone ELSE o.skipped END,
      forced = o.forced AND o.revision <> n.revision,
      task_status = coalesce(o.task_status, n.task_status)
    FROM unnest($1::uuid[], $2::integer[], $3::boolean[], $4::boolean[], $5::boolean[], $6::text[])
      AS n (task_id, revision, made, wanted, gone, task_status)
    WHERE o.task_id = n.task_id`,
};

/** What a request to tasks has come to. */
export interface Settlement {
  task_id: string;
  revision: number;
  made: boolean;
  /** Where tasks has decided otherwise; null as it was wanted. */
  wanted: boolean | null;
  /** Somebody has deleted the task. */
  gone: boolean;
  task_status: TaskStatus | null;
}

export interface PlannedOccurrence {
  original_start: string;
  at_ms: number;
  note: string | null;
  generation: number;
  task_id: string;
}

/** Those that nobody has heard of, to be made. @throws pg's unique violation. */
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

export async function insertOccurrence(on: Executor, row: OccurrenceRow): Promise<void> {
  await on.query(INSERT, [JSON.stringify([row])]);
}

/** @param changes each row as it was and as it is to be. */
export async function saveOccurrences(
  on: Executor,
  changes: readonly { was: OccurrenceRow; row: OccurrenceRow }[],
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ was, row }) => Object.assign({ was_task_id: was.task_id }, row));
  await on.query(SAVE, [JSON.stringify(rows)]);
}

export function unsettledOccurrences(on: Executor, templateId: string, limit: number): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(DIRTY, [templateId, limit]);
}

export async function settleOccurrences(on: Executor, settlements: readonly Settlement[]): Promise<void> {
  if (settlements.length === 0) return;
  const column = <F extends keyof Settlement>(field: F): Settlement[F][] => settlements.map((item) => item[field]);
  await on.query(SETTLE, [
    column('task_id'),
    column('revision'),
    column('made'),
    column('wanted'),
    column('gone'),
    column('task_status'),
  ]);
}

/** Of one template, from a key on; `before` is exclusive. In the order of their keys. */
export function occurrencesOf(
  on: Executor,
  { id, series_id }: { id: string; series_id: string },
  from: string,
  before = '~',
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    {
      name: 'recurrence.occurrences_of',
      text: `SELECT ${COLUMNS} FROM recurrence.occurrence o
        WHERE o.series_id = $1 AND o.original_start >= $3 AND o.original_start < $4
          AND o.template_id = $2
        ORDER BY o.original_start`,
    },
    [series_id, id, from, before],
  );
}

/**
 * Of one template, in the order of their keys: those from a key on, those that were moved to then or later, and those
 * that have a task which nobody has closed, however old.
 */
export function occurrencesToCome(
  on: Executor,
  { id, series_id: seriesId }: { id: string; series_id: string },
  { from, now, open }: { from: string; now: string; open: boolean },
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    {
      name: 'recurrence.occurrences_to_come',
      text: `SELECT ${COLUMNS} FROM recurrence.occurrence o
        WHERE o.series_id = $1 AND o.template_id = $2 AND o.original_start >= $3
        UNION ALL SELECT ${COLUMNS} FROM recurrence.occurrence o
        WHERE o.template_id = $2 AND o.original_start < $3 AND o.exception_version > 0 AND o.moved_to >= $4 AND NOT $5
        UNION ALL SELECT ${COLUMNS} FROM recurrence.occurrence o
        WHERE o.series_id = $1 AND o.template_id = $2 AND o.original_start < $3 AND $5 AND ${OPEN}
        ORDER BY original_start`,
    },
    [seriesId, id, from, now, open],
  );
}

/** Those that were moved to where the template still makes them, and have no task yet. */
export function movedWithoutTask(
  on: Executor,
  { id, plan_from: planFrom }: { id: string; plan_from: string },
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    {
      name: 'recurrence.moved_without_task',
      text: `SELECT ${COLUMNS} FROM recurrence.occurrence o
        WHERE o.template_id = $1 AND o.exception_version > 0 AND o.moved_to >= $2
          AND NOT o.wanted AND NOT o.skipped AND o.fits
          AND (o.task_status IS NULL OR o.task_status NOT IN ('done', 'cancelled', 'archived'))`,
    },
    [id, planFrom],
  );
}

/** Whichever template of the series they belong to. */
export function occurrencesByKey(on: Executor, seriesId: string, starts: readonly string[]): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    {
      name: 'recurrence.occurrences_by_key',
      text: `SELECT ${COLUMNS} FROM recurrence.occurrence o WHERE o.series_id = $1 AND o.original_start = ANY($2::text[])`,
    },
    [seriesId, starts],
  );
}

export async function findByTask(on: Executor, taskId: string): Promise<OccurrenceRow | undefined> {
  const [row] = await on.query<OccurrenceRow>(
    {
      name: 'recurrence.occurrence_of_task',
      text: `SELECT ${COLUMNS} FROM recurrence.occurrence o WHERE o.task_id = $1`,
    },
    [taskId],
  );
  return row;
}

/** Those of these ids that some occurrence has. */
export async function takenTaskIds(on: Executor, ids: readonly string[]): Promise<Set<string>> {
  const rows = await on.query<{ task_id: string }>(
    'SELECT task_id FROM recurrence.occurrence WHERE task_id = ANY($1::uuid[])',
    [ids],
  );
  return new Set(rows.map(({ task_id }) => task_id));
}

/** By day: the highest generation of the occurrences there that have come back after their task was gone. */
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

/** How far a caller reaches: what was put into another list is not told. */
export interface WithinLists {
  listIds?: readonly string[] | null;
}

function withinLists(ids: string): string {
  return `(${ids}::text[] IS NULL OR o.fields->>'list_id' IS NULL OR o.fields->>'list_id' = ANY(${ids}::text[]))`;
}

/** Its exceptions, a page of them: `after` is exclusive. */
export function exceptionsOf(
  on: Executor,
  { listIds = null }: WithinLists,
  templateId: string,
  after: string | undefined,
  limit: number,
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    `SELECT ${COLUMNS} FROM recurrence.occurrence o
     WHERE o.template_id = $1 AND o.exception_version > 0 AND (o.skipped OR o.moved_to IS NOT NULL OR o.fields IS NOT NULL)
       AND ($2::text IS NULL OR o.original_start > $2) AND ${withinLists('$4')}
     ORDER BY o.original_start LIMIT $3`,
    [templateId, after ?? null, limit, listIds],
  );
}

/** How many of its occurrences have, or are to have, a task that is still to come. */
export async function countAhead(on: Executor, templateId: string, seriesId: string, from: string): Promise<number> {
  const [row] = await on.query<{ ahead: number }>(
    `SELECT count(*)::int AS ahead FROM recurrence.occurrence
     WHERE series_id = $2 AND original_start >= $3 AND template_id = $1 AND wanted AND at > now()`,
    [templateId, seriesId, from],
  );
  return row?.ahead ?? 0;
}

/** Of a chain by completion: the one that waits to be done. */
export async function findLive(on: Executor, templateId: string, seriesId: string): Promise<OccurrenceRow | undefined> {
  const [row] = await on.query<OccurrenceRow>(
    `SELECT ${COLUMNS} FROM recurrence.occurrence o
     WHERE o.series_id = $2 AND o.template_id = $1 AND ${OPEN}
     ORDER BY o.original_start DESC LIMIT 1`,
    [templateId, seriesId],
  );
  return row;
}

/** Of a chain by completion: the last one that is over, and how many there have been. */
export async function findLastClosed(
  on: Executor,
  templateId: string,
  seriesId: string,
): Promise<{ last: OccurrenceRow | undefined; count: number }> {
  const rows = await on.query<OccurrenceRow & { total: number }>(
    `SELECT ${COLUMNS}, (count(*) OVER ())::int AS total FROM recurrence.occurrence o
     WHERE o.series_id = $2 AND o.template_id = $1 AND o.closed_at IS NOT NULL
     ORDER BY o.closed_at DESC, o.original_start DESC LIMIT 1`,
    [templateId, seriesId],
  );
  return { last: rows[0], count: rows[0]?.total ?? 0 };
}

/** Of an occurrence `o`: its exception assigns it to a user, and nobody has closed it. */
export function openNaming(userId: string): string {
  return `o.exception_version > 0 AND o.fields->>'assignee_id' = ${userId}::text
    AND (o.task_status IS NULL OR o.task_status NOT IN ('done', 'cancelled', 'archived'))`;
}

export function openOccurrencesNaming(
  on: Executor,
  templateId: string,
  userId: string,
  limit: number,
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    `SELECT ${COLUMNS} FROM recurrence.occurrence o WHERE o.template_id = $1 AND ${openNaming('$2')}
     ORDER BY o.original_start LIMIT $3`,
    [templateId, userId, limit],
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

/** Without those that were planned once and are no dates any more. In the order of their keys. */
export function occurrencesWithin(
  on: Executor,
  { listIds = null }: WithinLists,
  { id, series_id: seriesId }: { id: string; series_id: string },
  { from, before, after, fromMs, toMs, limit }: OccurrenceWindow,
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    `SELECT ${COLUMNS} FROM recurrence.occurrence o
     WHERE o.series_id = $1 AND o.template_id = $2 AND ($5::text IS NULL OR o.original_start > $5)
       AND (o.fits OR o.wanted OR o.skipped OR o.moved_to IS NOT NULL OR o.fields IS NOT NULL)
       AND ((o.original_start >= $3 AND o.original_start < $4) OR (o.exception_version > 0 AND o.moved_to IS NOT NULL))
       AND coalesce(o.moved_to, o.at) >= to_timestamp($6::double precision / 1000)
       AND coalesce(o.moved_to, o.at) < to_timestamp($7::double precision / 1000) AND ${withinLists('$9')}
     ORDER BY o.original_start LIMIT $8`,
    [seriesId, id, from, before, after, fromMs, toMs, limit, listIds],
  );
}
