// What of a task may change, and what a change of it is. Plain values by their REST names; no database, no transport.
import { Temporal } from 'temporal-polyfill';
import { InvalidInputError } from '@mono/platform/errors';
import type { Changes, TaskEventName } from '../../contract/events.js';
import type { TaskPriority, TaskStatus } from '../../contract/words.js';

/** Everything that a client or a change may set. Instants are UTC with milliseconds. */
export interface TaskState {
  list_id: string;
  parent_id: string | null;
  title: string;
  description: string | null;
  status: TaskStatus;
  priority: TaskPriority;
  tags: string[];
  assignee_id: string | null;
  position: string;
  due_at: string | null;
  due_on: string | null;
  starts_on: string | null;
  timezone: string | null;
  estimated_duration: string | null;
}

export const TASK_FIELDS = [
  'list_id',
  'parent_id',
  'title',
  'description',
  'status',
  'priority',
  'tags',
  'assignee_id',
  'position',
  'due_at',
  'due_on',
  'starts_on',
  'timezone',
  'estimated_duration',
] as const satisfies readonly (keyof TaskState)[];

export type TaskFields = { [Field in keyof TaskState]?: TaskState[Field] | undefined };

/** The values of a task of which only a title is known. */
export const TASK_DEFAULTS: Omit<TaskState, 'list_id' | 'title' | 'position'> = {
  parent_id: null,
  description: null,
  status: 'todo',
  priority: 'medium',
  tags: [],
  assignee_id: null,
  due_at: null,
  due_on: null,
  starts_on: null,
  timezone: null,
  estimated_duration: null,
};

/** Applies the fields that are present. @throws InvalidInputError when the result breaks a rule. */
export function withFields(state: TaskState, fields: TaskFields): TaskState {
  const next: TaskState = { ...state };
  for (const field of TASK_FIELDS) {
    const value = fields[field];
    if (value !== undefined)
      Object.assign(next, { [field]: field === 'due_at' ? canonicalInstant(value as string | null) : value });
  }
  if (next.due_at !== null && next.due_on !== null) {
    const issue = 'a task is due either at an instant (due_at) or on a day (due_on): clear the other with null';
    throw new InvalidInputError([
      { field: 'due_at', issue },
      { field: 'due_on', issue },
    ]);
  }
  return next;
}

/** RFC 3339 with any offset and any precision → UTC, milliseconds. A Date would not know a leap second (`:60`). */
function canonicalInstant(value: string | null): string | null {
  return value === null ? null : Temporal.Instant.from(value.toUpperCase()).toString({ fractionalSecondDigits: 3 });
}

/** Old and new value of each field that differs; empty when none does. */
export function changesBetween(from: TaskState | undefined, to: TaskState | undefined): Changes {
  const changes: Changes = {};
  for (const field of TASK_FIELDS) {
    const before = from?.[field] ?? null;
    const after = to?.[field] ?? null;
    if (!same(before, after)) changes[field] = { from: before, to: after };
  }
  return changes;
}

function same(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => item === other[index]);
  return one === other;
}

/** The most specific name for what happened. */
export function eventOf(from: TaskState, to: TaskState): TaskEventName {
  if (from.status === to.status) return 'updated';
  return to.status === 'done' ? 'completed' : 'status_changed';
}
