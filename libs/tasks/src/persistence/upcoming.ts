// Upcoming occurrences: tasks of templates that nobody has begun and that are due after today.
import { startOfDayIn, wallTimeAt } from '@mono/contract/zones';

/** Whether a task under an alias is an occurrence that nobody has begun, as the index `task_upcoming` has it. */
export const untouched = (alias: string): string => `${alias}.series_id IS NOT NULL AND ${alias}.status = 'todo'`;

/** The end of the current day in a zone, as an instant. */
export function endOfToday(zone: string, nowMs = Date.now()): string {
  const tomorrow = wallTimeAt(zone, nowMs).toPlainDate().add({ days: 1 });
  return new Date(startOfDayIn(zone, tomorrow)).toISOString();
}

/** Whether a task `t` is an upcoming occurrence. @param end of today, as SQL. */
export function isUpcoming(end: string): string {
  return `(${untouched('t')} AND t.due_instant >= ${end})`;
}
