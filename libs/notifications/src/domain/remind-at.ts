// By when a task is due, and when its assignee is told.
import { instantOfWallTime, startOfDayIn, zoneNameOf } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';
import type { TaskFacts } from './followed-task.js';

const OPEN: ReadonlySet<string | null> = new Set(['todo', 'in_progress', 'blocked']);
/** Of a day, when people are told of what is due on a day: nobody wants a mail at midnight. */
const MORNING = Temporal.PlainTime.from('08:00');

type Due = Pick<TaskFacts, 'due_at' | 'due_on' | 'timezone'>;

/** RFC 3339 in UTC: `due_at`, or the last millisecond of the day `due_on`. null where nobody has to be told of anything. */
export function dueInstant({ status, title, assignee_id, ...due }: TaskFacts): string | null {
  if (!OPEN.has(status) || title === null || assignee_id === null) return null;
  if (due.due_at !== null) return textOf(Temporal.Instant.from(due.due_at));
  if (due.due_on === null) return null;
  const nextDay = Temporal.PlainDate.from(due.due_on).add({ days: 1 });
  return new Date(startOfDayIn(zoneOf(due), nextDay) - 1).toISOString();
}

/**
 * An instant: `leadMinutes` before it. A day: 08:00, in the task's zone, of the day on which its end less the lead falls; a
 * lead of a day or less is that day itself.
 * @param instant as dueInstant() gives it. @returns RFC 3339 in UTC.
 */
export function remindAt(instant: string, due: Due, leadMinutes: number): string {
  if (due.due_on === null) return textOf(Temporal.Instant.from(instant).subtract({ minutes: leadMinutes }));
  // By the clock on the wall: a day is a day, also where the clocks change.
  const end = Temporal.PlainDate.from(due.due_on).add({ days: 1 }).toPlainDateTime();
  const day = end.subtract({ minutes: leadMinutes }).toPlainDate();
  return new Date(instantOfWallTime(zoneOf(due), day.toPlainDateTime(MORNING))).toISOString();
}

/** UTC where the zone is not known, or not here. */
function zoneOf({ timezone }: Due): string {
  return (timezone === null ? undefined : zoneNameOf(timezone)) ?? 'UTC';
}

function textOf(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'millisecond' });
}
