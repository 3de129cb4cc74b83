// Applies a change of its task to an occurrence. Events may arrive in any order: for each field, the latest version counts.
import { isAllDay, startDueAt, startDueOn, type ExceptionFields } from './content.js';
import { isClosed, isDeletionUnconfirmed, withTask } from './ledger.js';
import type { OccurrenceRow } from './occurrence.js';
import type { TaskContent, TaskChange, TaskStatus } from './task.js';
import type { TemplateState } from './template-state.js';

const EDITABLE = [
  'list_id',
  'title',
  'description',
  'priority',
  'tags',
  'assignee_id',
  'estimated_duration',
  'due_at',
  'due_on',
  'starts_on',
  'timezone',
] as const satisfies readonly (keyof TaskContent)[];

/** @returns the same row if nothing changes. */
export function applyTaskEvent(template: TemplateState, row: OccurrenceRow, event: TaskChange): OccurrenceRow {
  if (event.event === 'restored') return restored(row, event);
  if (event.event === 'purged' || event.event === 'deleted') return deleted(row, event);
  const stood = event.changes['status'] ? withStatus(row, event, event.changes['status'].to as TaskStatus) : row;
  if (event.origin === 'system') return withoutAssignee(stood, event);
  return event.origin === 'user' ? withEdits(template, stood, event) : stood;
}

/** The assignee has left the workspace: earlier assignments no longer count, even if their events arrive later. */
function withoutAssignee(row: OccurrenceRow, { version, changes }: TaskChange): OccurrenceRow {
  if (!changes['assignee_id'] || version <= (row.seen?.['assignee_id'] ?? 0)) return row;
  const seen = { ...row.seen, assignee_id: version };
  return row.fields?.assignee_id === undefined
    ? { ...row, seen }
    : { ...row, seen, fields: { ...row.fields, assignee_id: null } };
}

/** The row to which the event of a deletion or restoration applies. */
export function beforeDeletion(row: OccurrenceRow): OccurrenceRow {
  return isDeletionUnconfirmed(row) ? { ...row, skipped: false } : row;
}

/** By the key of `seen`: whether the task exists. */
const EXISTS = 'exists';

function isLate(row: OccurrenceRow, { version }: TaskChange): boolean {
  return version <= (row.seen?.[EXISTS] ?? 0);
}

/** A user skips the occurrence. This module wanted it gone, or tasks has withdrawn it because its predecessor was reopened. */
function deleted(row: OccurrenceRow, event: TaskChange): OccurrenceRow {
  if (isLate(row, event)) return row;
  const withdrawn = { ...row, wanted: false, seen: { ...row.seen, [EXISTS]: event.version } };
  if (event.origin === 'recurrence') return row.wanted ? { ...withdrawn, closed_at: null } : withdrawn;
  const isForGood = event.event === 'purged' || event.permanent === true;
  // Tasks needs no revision, which would remove the task if a user has restored it.
  const gone = { ...withdrawn, settled_revision: row.revision, fields: isForGood ? null : row.fields };
  if (isClosed(row) || row.skipped) return gone;
  return { ...gone, skipped: true, closed_at: event.occurred_at };
}

/** The occurrence has its task again and is not skipped. */
function restored(row: OccurrenceRow, event: TaskChange): OccurrenceRow {
  if (isLate(row, event)) return row;
  const { version, occurred_at: at, changes } = event;
  const status = changes['status']?.to as TaskStatus;
  const isLatest = version > (row.seen?.['status'] ?? 0);
  const seen = { ...row.seen, [EXISTS]: version, ...(isLatest && { status: version }) };
  const next = { ...withTask(row), seen, task_status: isLatest ? status : row.task_status };
  return { ...next, closed_at: isClosed(next) ? (row.closed_at ?? at) : null };
}

function withStatus(row: OccurrenceRow, { version, occurred_at: at }: TaskChange, status: TaskStatus): OccurrenceRow {
  if (version <= (row.seen?.['status'] ?? 0)) return row;
  const next = { ...row, task_status: status, seen: { ...row.seen, status: version } };
  return { ...next, closed_at: isClosed(next) ? at : null };
}

function withEdits(template: TemplateState, row: OccurrenceRow, { version, changes }: TaskChange): OccurrenceRow {
  const news = EDITABLE.filter((field) => changes[field] && version > (row.seen?.[field] ?? 0));
  if (news.length === 0) return row;
  const seen = { ...row.seen };
  const given: Record<string, unknown> = {};
  for (const field of news) {
    seen[field] = version;
    given[field] = changes[field]?.to;
  }
  const { movedTo, before, rest } = dated(template, row, given);
  const fields: ExceptionFields = { ...before, ...rest };
  return { ...row, seen, moved_to: movedTo, fields: Object.keys(fields).length === 0 ? null : fields };
}

/** A new due date of the same kind as the template's moves the start, also to where it was. */
function dated(
  template: TemplateState,
  row: OccurrenceRow,
  given: Record<string, unknown>,
): { movedTo: string | null; before: ExceptionFields | null; rest: Record<string, unknown> } {
  const { due_at: dueAt, due_on: dueOn, ...rest } = given;
  const days = isAllDay(template);
  const due = days ? dueOn : dueAt;
  const other = days ? dueAt : dueOn;
  if (typeof due !== 'string' || typeof other === 'string')
    return { movedTo: row.moved_to, before: row.fields, rest: given };
  const start = days ? startDueOn(template, due) : startDueAt(template, due);
  const { due_at: _at, due_on: _on, ...before } = row.fields ?? {};
  return { movedTo: start, before, rest };
}
