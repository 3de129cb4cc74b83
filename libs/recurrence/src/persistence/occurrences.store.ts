// The ledger: one row per occurrence that was planned, skipped, moved or edited. Lock the template's row before any of its
// occurrences: planning, consumers and the results of tasks then take turns.
import type { Executor, Statement } from '@mono/platform';
import type { OccurrenceRow } from '../domain/occurrence.js';

export const OCCURRENCE_COLUMNS = `o.series_id, o.original_start, o.template_id, o.workspace_id, o.at, o.note, o.generation, o.task_id, o.wanted,
  o.made, o.fits, o.skipped, o.moved_to, o.fields, o.exception_version, o.exception_at, o.revision, o.settled_revision,
  o.forced, o.task_status, o.seen, o.predecessor_id, o.closed_at, o.zone_revision`;

const TYPES = `series_id uuid, original_start text, template_id uuid, workspace_id uuid, at timestamptz, note text,
  generation integer, task_id uuid, wanted boolean, made boolean, fits boolean, skipped boolean, moved_to timestamptz,
  fields json, exception_version integer, exception_at timestamptz, revision integer, settled_revision integer,
  forced boolean, task_status text, seen json, predecessor_id uuid, closed_at timestamptz,
  zone_revision integer`;

const NAMES = TYPES.split(',').map((column) => column.trim().split(' ')[0] ?? '');

/** The task of the occurrence `o` is not closed. */
export const IS_NOT_CLOSED = `(o.task_status IS NULL OR o.task_status NOT IN ('done', 'cancelled', 'archived'))`;

/** The occurrence `o` has a task that is not closed, or is to have one. */
export const IS_OPEN = `o.wanted AND ${IS_NOT_CLOSED}`;

const INSERT: Statement = {
  name: 'recurrence.insert_occurrences',
  text: `INSERT INTO recurrence.occurrence (${NAMES.join(', ')})
    SELECT ${NAMES.join(', ')} FROM json_to_recordset($1) AS n(${TYPES})`,
};

/** Finds a row by its task, because its key may change. */
const SAVE: Statement = {
  name: 'recurrence.save_occurrences',
  text: `UPDATE recurrence.occurrence o SET ${NAMES.filter((name) => name !== 'series_id')
    .map((name) => `${name} = n.${name}`)
    .join(', ')}
    FROM json_to_recordset($1) AS n(${TYPES}, was_task_id uuid) WHERE o.task_id = n.was_task_id`,
};

export async function insertOccurrence(on: Executor, row: OccurrenceRow): Promise<void> {
  await on.query(INSERT, [JSON.stringify([row])]);
}

/** @param changes each row before and after the change. */
export async function saveOccurrences(
  on: Executor,
  changes: readonly { was: OccurrenceRow; row: OccurrenceRow }[],
): Promise<void> {
  if (changes.length === 0) return;
  const rows = changes.map(({ was, row }) => Object.assign({ was_task_id: was.task_id }, row));
  await on.query(SAVE, [JSON.stringify(rows)]);
}

/** A template's occurrences from a key on, ordered by key; `before` is exclusive. */
export function occurrencesOf(
  on: Executor,
  { id, series_id }: { id: string; series_id: string },
  from: string,
  before = '~',
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    {
      name: 'recurrence.occurrences_of',
      text: `SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o
        WHERE o.series_id = $1 AND o.original_start >= $3 AND o.original_start < $4
          AND o.template_id = $2
        ORDER BY o.original_start`,
    },
    [series_id, id, from, before],
  );
}

/** Whichever template of the series they belong to. */
export function occurrencesByKey(on: Executor, seriesId: string, starts: readonly string[]): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    {
      name: 'recurrence.occurrences_by_key',
      text: `SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o WHERE o.series_id = $1 AND o.original_start = ANY($2::text[])`,
    },
    [seriesId, starts],
  );
}

export async function findByTask(on: Executor, taskId: string): Promise<OccurrenceRow | undefined> {
  const [row] = await on.query<OccurrenceRow>(
    {
      name: 'recurrence.occurrence_of_task',
      text: `SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o WHERE o.task_id = $1`,
    },
    [taskId],
  );
  return row;
}

/** The open occurrence of a chain by completion. */
export async function findLive(on: Executor, templateId: string, seriesId: string): Promise<OccurrenceRow | undefined> {
  const [row] = await on.query<OccurrenceRow>(
    `SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o
     WHERE o.series_id = $2 AND o.template_id = $1 AND ${IS_OPEN}
     ORDER BY o.original_start DESC LIMIT 1`,
    [templateId, seriesId],
  );
  return row;
}

/** The last closed occurrence of a chain by completion, and the number of closed ones. */
export async function findLastClosed(
  on: Executor,
  templateId: string,
  seriesId: string,
): Promise<{ last: OccurrenceRow | undefined; count: number }> {
  const rows = await on.query<OccurrenceRow & { total: number }>(
    `SELECT ${OCCURRENCE_COLUMNS}, (count(*) OVER ())::int AS total FROM recurrence.occurrence o
     WHERE o.series_id = $2 AND o.template_id = $1 AND o.closed_at IS NOT NULL
     ORDER BY o.closed_at DESC, o.original_start DESC LIMIT 1`,
    [templateId, seriesId],
  );
  return { last: rows[0], count: rows[0]?.total ?? 0 };
}

/** The occurrence `o` is open, and its exception assigns it to the user. */
export function openAndAssignedTo(userId: string): string {
  return `o.exception_version > 0 AND o.fields->>'assignee_id' = ${userId}::text AND ${IS_NOT_CLOSED}`;
}

export function openOccurrencesAssignedTo(
  on: Executor,
  templateId: string,
  userId: string,
  limit: number,
): Promise<OccurrenceRow[]> {
  return on.query<OccurrenceRow>(
    `SELECT ${OCCURRENCE_COLUMNS} FROM recurrence.occurrence o WHERE o.template_id = $1 AND ${openAndAssignedTo('$2')}
     ORDER BY o.original_start LIMIT $3`,
    [templateId, userId, limit],
  );
}

/** The assignees of open exceptions. */
export async function assigneesOfExceptions(on: Executor, templateId: string): Promise<string[]> {
  const rows = await on.query<{ id: string }>(
    `SELECT DISTINCT o.fields->>'assignee_id' AS id FROM recurrence.occurrence o
     WHERE o.template_id = $1 AND o.exception_version > 0 AND o.fields->>'assignee_id' IS NOT NULL`,
    [templateId],
  );
  return rows.map(({ id }) => id);
}
