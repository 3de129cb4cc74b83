// When a task is due: one instant to sort and filter by, and its day beside the start.
import { InvalidInputError } from '@mono/contract/errors';
import { startOfDayIn, wallTimeAt } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';

interface Due {
  due_at: string | null;
  due_on: string | null;
  timezone: string | null;
}

type Dates = Due & { starts_on: string | null };

const DATES = ['due_at', 'due_on', 'starts_on'] as const;
/** Where a day begins first: an instant without a zone may belong to this day. */
const EARLIEST_ZONE = 'Etc/GMT-14';

/** `due_at` itself, or the last millisecond of the day `due_on` in its zone; null for neither. */
export function dueInstant(due: Due): string | null {
  if (due.due_at !== null) return due.due_at;
  if (due.due_on === null) return null;
  const nextDay = Temporal.PlainDate.from(due.due_on).add({ days: 1 });
  return new Date(startOfDayIn(due.timezone ?? 'UTC', nextDay) - 1).toISOString();
}

/**
 * A task starts on the day on which it is due, or before. Dates that stay as they are may be in another order, from before this rule.
 * @throws InvalidInputError
 */
export function requireStartBeforeDue(from: Dates | undefined, to: Dates): void {
  const due = dueDay(to);
  if (to.starts_on === null || due === null || to.starts_on <= due) return;
  if (from && DATES.every((field) => from[field] === to[field])) return;
  const issue = `must not be after the due date, which is ${due}`;
  throw new InvalidInputError([{ field: 'starts_on', code: 'out_of_range', issue, limits: { max: due } }]);
}

function dueDay({ due_at: at, due_on: on, timezone }: Due): string | null {
  if (at === null) return on;
  return wallTimeAt(timezone ?? EARLIEST_ZONE, Date.parse(at))
    .toPlainDate()
    .toString();
}
