// When a task is due, when its assignee is reminded, and the id of that reminder.
import { createHash } from 'node:crypto';
import { instantOfWallTime, startOfDayIn, zoneNameOf } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';
import type { TaskFacts } from './followed-task.js';

const OPEN: ReadonlySet<string | null> = new Set(['todo', 'in_progress', 'blocked']);
/** Reminders of tasks that are due on a day: nobody wants a mail at midnight. */
const MORNING = Temporal.PlainTime.from('08:00');

export function isOpen(status: string | null): boolean {
  return OPEN.has(status);
}

type Due = Pick<TaskFacts, 'due_at' | 'due_on' | 'timezone'>;

/** RFC 3339 in UTC: `due_at`, or the last millisecond of the day `due_on`. null unless the task is open, assigned and has one. */
export function dueInstant({ status, title, assignee_id, ...due }: TaskFacts): string | null {
  if (!isOpen(status) || title === null || assignee_id === null) return null;
  if (due.due_at !== null) return textOf(Temporal.Instant.from(due.due_at));
  if (due.due_on === null) return null;
  const nextDay = Temporal.PlainDate.from(due.due_on).add({ days: 1 });
  return new Date(startOfDayIn(zoneOf(due), nextDay) - 1).toISOString();
}

/**
 * For an instant, `leadMinutes` before it. For a day, 08:00 in the task's zone on the day on which the lead begins, counted from
 * the end of the day.
 * @param instant the result of dueInstant(). @returns RFC 3339 in UTC.
 */
export function remindAt(instant: string, due: Due, leadMinutes: number): string {
  if (due.due_on === null) return textOf(Temporal.Instant.from(instant).subtract({ minutes: leadMinutes }));
  // Wall-clock arithmetic: a lead of a day is a calendar day, also when the clocks change.
  const end = Temporal.PlainDate.from(due.due_on).add({ days: 1 }).toPlainDateTime();
  const day = end.subtract({ minutes: leadMinutes }).toPlainDate();
  return new Date(instantOfWallTime(zoneOf(due), day.toPlainDateTime(MORNING))).toISOString();
}

/** UTC without a zone, or if this node does not know it. */
function zoneOf({ timezone }: Due): string {
  return (timezone === null ? undefined : zoneNameOf(timezone)) ?? 'UTC';
}

function textOf(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'millisecond' });
}

/**
 * Identifies the event and, as the mail's Message-ID, the mail. The form is that of a UUIDv7 whose time is the due date; the rest
 * is a hash.
 * @param dueAt RFC 3339.
 */
export function reminderId(taskId: string, dueAt: string, userId: string): string {
  const dueMs = Date.parse(dueAt);
  const hash = createHash('sha256').update(`${taskId} ${dueMs} ${userId}`).digest();
  hash.writeUIntBE(Math.max(0, dueMs), 0, 6);
  hash.writeUInt8(0x70 | (hash.readUInt8(6) & 0x0f), 6);
  hash.writeUInt8(0x80 | (hash.readUInt8(8) & 0x3f), 8);
  const hex = hash.toString('hex', 0, 16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
