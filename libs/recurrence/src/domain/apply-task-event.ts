// Applies a change of its task to an occurrence. Events may arrive in any order: for each field, the latest version counts.
import { isAllDay, startDueAt, startDueOn, withoutDue, type ExceptionFields } from './content.js';
import { isClosed, isDeletionUnconfirmed } from './ledger.js';
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
  if (event.event === 'deleted') return deleted(row, event);
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

/** The row to which the event of a deletion applies. */
export function beforeDeletion(row: OccurrenceRow): OccurrenceRow {
  return isDeletionUnconfirmed(row) ? { ...row, skipped: false } : row;
}

/** A user skips the occurrence. This module wanted it gone, or tasks has withdrawn it because its predecessor was reopened. */
function deleted(row: OccurrenceRow, { origin, occurred_at: at }: TaskChange): OccurrenceRow {
  if (origin === 'recurrence') return row.wanted ? { ...row, wanted: false, closed_at: null } : row;
  if (isClosed(row)) return { ...row, wanted: false };
  return row.skipped ? row : { ...row, skipped: true, wanted: false, closed_at: at };
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

/** A new due date of the same kind as the template's moves the start. */
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
  return { movedTo: start === row.at ? null : start, before: withoutDue(row.fields), rest };
}
