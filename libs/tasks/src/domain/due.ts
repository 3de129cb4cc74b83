// When a task is due, as one instant to sort and filter by.
import { startOfDayIn } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';

/** `due_at` itself, or the last millisecond of the day `due_on` in its zone; null for neither. */
export function dueInstant(due: {
  due_at: string | null;
  due_on: string | null;
  timezone: string | null;
}): string | null {
  if (due.due_at !== null) return due.due_at;
  if (due.due_on === null) return null;
  const nextDay = Temporal.PlainDate.from(due.due_on).add({ days: 1 });
  return new Date(startOfDayIn(due.timezone ?? 'UTC', nextDay) - 1).toISOString();
}
