// Pure functions over rows of the ledger.
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

/** Tasks may not know the latest revision yet. */
export function isOutOfSync({ revision, settled_revision: settled }: OccurrenceRow): boolean {
  return settled < revision;
}

/** Tasks has reported that the task is deleted. Until the event says by whom, the occurrence is skipped so that it stays deleted. */
export function isDeletionUnconfirmed({ skipped, closed_at: closedAt }: OccurrenceRow): boolean {
  return skipped && closedAt === null;
}

/** A user has changed or started it, so that changes of its template do not remove it. */
export function isProtected({ moved_to: movedTo, fields, task_status: status }: OccurrenceRow): boolean {
  return movedTo !== null || fields !== null || (status !== null && (STARTED.has(status) || CLOSED.has(status)));
}

/** It gets a task, with a new id if it had one before. Only when it is in sync. */
export function wantedAgain(row: OccurrenceRow): OccurrenceRow {
  const next = { ...row, wanted: true, forced: false, revision: row.revision + 1 };
  if (!row.made) return next;
  const generation = row.generation + 1;
  const taskId = occurrenceTaskId(row.series_id, row.original_start, generation);
  return { ...next, generation, task_id: taskId, made: false, task_status: null, seen: null, settled_revision: 0 };
}

/** Its task exists again. A reply of tasks from before does not count, since the revision is new. */
export function withTask(row: OccurrenceRow): OccurrenceRow {
  return { ...row, skipped: false, wanted: true, made: true, forced: false, revision: row.revision + 1 };
}

export function unwanted(row: OccurrenceRow, forced = false): OccurrenceRow {
  return { ...row, wanted: false, forced, revision: row.revision + 1 };
}

/** Has tasks revise its task, if it is to have one. */
export function withNextRevision(row: OccurrenceRow, forced = false): OccurrenceRow {
  if (!row.wanted) return row;
  return { ...row, revision: row.revision + 1, forced: row.forced || forced };
}

/** @param date of the current rule; undefined if the rule no longer has the occurrence. */
export function replanned(row: OccurrenceRow, date: OccurrenceDate | undefined): OccurrenceRow {
  if (!date) return dropped(row);
  return withNextRevision({ ...row, at: new Date(date.at).toISOString(), note: date.note, fits: true });
}

function dropped(row: OccurrenceRow): OccurrenceRow {
  const unfit = { ...row, fits: false };
  return row.wanted && !isProtected(row) ? unwanted(unfit) : unfit;
}
