// A due date that is given as the time after the start.
import { InvalidInputError, type FaultCode } from '@mono/contract/errors';
import { startOfDayIn } from '@mono/contract/zones';
import { Temporal } from 'temporal-polyfill';
import type { TaskFields, TaskState } from './task-state.js';

export interface DueOffset {
  due_offset?: string | null | undefined;
}

type Due = Pick<TaskState, 'due_at' | 'due_on'>;

const LAST_YEAR = 9999;

/** @throws InvalidInputError where a due date is given as well, or there is no start to count from. */
export function requireCountable(
  { due_at: dueAt, due_on: dueOn }: Pick<TaskFields, 'due_at' | 'due_on'>,
  startsOn: string | null,
): asserts startsOn is string {
  if (typeof dueAt === 'string' || typeof dueOn === 'string')
    throw faulty('not_combinable', 'goes without due_at and due_on');
  if (startsOn === null) throw faulty('not_combinable', 'requires starts_on');
}

/**
 * Whole days, weeks, months and years lead to a day; with hours, minutes or seconds it is an instant, counted from the beginning of the day
 * in the zone: days by the calendar, the rest exactly.
 */
export function dueAfter(startsOn: string, offset: string, zone: string | null): Due {
  const { years, months, weeks, days, ...exact } = partsOf(offset);
  const day = Temporal.PlainDate.from(startsOn).add({ years, months, weeks, days });
  const time = Temporal.Duration.from(exact);
  if (day.year > LAST_YEAR) throw faulty('out_of_range', `leads beyond the year ${LAST_YEAR}`);
  if (time.blank) return { due_at: null, due_on: day.toString() };
  const dueMs = startOfDayIn(zone ?? 'UTC', day) + time.total('milliseconds');
  return { due_at: new Date(dueMs).toISOString(), due_on: null };
}

function partsOf(text: string) {
  const { years, months, weeks, days, hours, minutes, seconds } = Temporal.Duration.from(text);
  return { years, months, weeks, days, hours, minutes, seconds };
}

function faulty(code: FaultCode, issue: string): InvalidInputError {
  return new InvalidInputError([{ field: 'due_offset', code, issue }]);
}
