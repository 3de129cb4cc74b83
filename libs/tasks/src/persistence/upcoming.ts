// Upcoming occurrences: tasks of templates that nobody has begun and that are due after today.
import { startOfDayIn, wallTimeAt } from '@mono/contract/zones';

/** Whether a task under an alias is an occurrence that nobody has begun, as the index `task_upcoming` has it. */
export const untouched = (alias: string): string => `${alias}.series_id IS NOT NULL AND ${alias}.status = 'todo'`;

/** The end of the current day in a zone, as an instant. */
export function endOfToday(zone: string, nowMs = Date.now()): string {
  const tomorrow = wallTimeAt(zone, nowMs).toPlainDate().add({ days: 1 });
  return new Date(startOfDayIn(zone, tomorrow)).toISOString();
}

/** Whether a task under an alias is an upcoming occurrence. @param end of today, as SQL. */
export function isUpcoming(end: string, alias = 't'): string {
  return `(${untouched(alias)} AND ${alias}.due_instant >= ${end})`;
}

/**
 * Whether a task `t` is a subtask that is hidden with its occurrence: nobody has begun it, and it is not due yet. A scalar subquery probes
 * the parent by its id, where a planner could read all of them for EXISTS. @param kept whether the next occurrence of each series shows.
 */
export function isHiddenSubtask(end: string, kept: 'next' | 'none'): string {
  const earlier = `EXISTS (SELECT FROM tasks.task q WHERE q.list_id = p.list_id AND q.series_id = p.series_id AND ${isUpcoming(end, 'q')}
      AND (q.due_instant, q.id) < (p.due_instant, p.id))`;
  return `(t.parent_id IS NOT NULL AND t.status = 'todo' AND (t.due_instant < ${end}) IS NOT TRUE AND (
    SELECT true FROM tasks.task p WHERE p.id = t.parent_id AND ${isUpcoming(end, 'p')}${kept === 'next' ? ` AND ${earlier}` : ''}) IS TRUE)`;
}
