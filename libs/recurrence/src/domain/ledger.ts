// What becomes of an occurrence when its template is planned anew. Plain rows in, plain rows out.
import { startOf } from './content.js';
import type { OccurrenceRow } from './occurrence.js';
import { occurrenceTaskId } from './occurrence-id.js';
import type { OccurrenceDate } from './schedule.js';
import type { TaskStatus } from './task.js';

const CLOSED: ReadonlySet<TaskStatus> = new Set(['done', 'cancelled', 'archived']);
const STARTED: ReadonlySet<TaskStatus> = new Set(['in_progress', 'blocked']);

export function isClosed({ task_status: status }: Pick<OccurrenceRow, 'task_status'>): boolean {
  return status !== null && CLOSED.has(status);
}

export function isPast(row: Pick<OccurrenceRow, 'at' | 'moved_to'>, nowMs: number): boolean {
  return Date.parse(startOf(row)) < nowMs;
}

/** Tasks may not know yet what it is to be. */
export function isOutOfSync({ revision, settled_revision: settled }: OccurrenceRow): boolean {
  return settled < revision;
}

/**
 * Tasks has said that the task is gone, and nobody yet by whom: the event will. Until then it is skipped, so that it does not
 * come back.
 */
export function isDeletionUnconfirmed({ skipped, closed_at: closedAt }: OccurrenceRow): boolean {
  return skipped && closedAt === null;
}

/** Somebody has said or begun something of this one: it outlives what becomes of its template. */
export function isProtected({ moved_to: movedTo, fields, task_status: status }: OccurrenceRow): boolean {
  return movedTo !== null || fields !== null || (status !== null && (STARTED.has(status) || CLOSED.has(status)));
}

/** To have a task again, or for the first time: one that had a task gets another. Only where tasks knows what it was to be. */
export function wantedAgain(row: OccurrenceRow): OccurrenceRow {
  const next = { ...row, wanted: true, forced: false, revision: row.revision + 1 };
  if (!row.made) return next;
  const generation = row.generation + 1;
  const taskId = occurrenceTaskId(row.series_id, row.original_start, generation);
  return { ...next, generation, task_id: taskId, made: false, task_status: null, seen: null, settled_revision: 0 };
}

export function unwanted(row: OccurrenceRow, forced = false): OccurrenceRow {
  return { ...row, wanted: false, forced, revision: row.revision + 1 };
}

/** Its task is to be told anew what it is; where none is wanted, there is nobody to tell. */
export function withNextRevision(row: OccurrenceRow, forced = false): OccurrenceRow {
  if (!row.wanted) return row;
  return { ...row, revision: row.revision + 1, forced: row.forced || forced };
}

/** Of one that is wanted, or that has no date any more: by the date that the rule now gives it, if it gives it any. */
export function replanned(row: OccurrenceRow, date: OccurrenceDate | undefined): OccurrenceRow {
  if (!date) return dropped(row);
  return withNextRevision({ ...row, at: new Date(date.at).toISOString(), note: date.note, fits: true });
}

function dropped(row: OccurrenceRow): OccurrenceRow {
  const unfit = { ...row, fits: false };
  return row.wanted && !isProtected(row) ? unwanted(unfit) : unfit;
}
