// The state of a task, and a change of it. Plain values by their REST names; no database, no transport.
import { Temporal } from 'temporal-polyfill';
import { InvalidInputError } from '@mono/contract/errors';
import type { TaskEvent } from '../../contract/tasks.events.js';
import type { TaskPriority, TaskStatus } from '../../contract/task-constants.js';

type Changes = TaskEvent['changes'];

/** Of which template a task is an occurrence, and which one; nulls where it is none. Recurrence alone sets it. */
export interface OccurrenceIdentity {
  template_id: string | null;
  series_id: string | null;
  original_start: string | null;
}

export const NO_OCCURRENCE: OccurrenceIdentity = { template_id: null, series_id: null, original_start: null };

/** Everything that a change may set. Instants are UTC with milliseconds. */
export interface TaskState extends OccurrenceIdentity {
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

/** The fields that a client may set. */
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

export type TaskField = (typeof TASK_FIELDS)[number];

/** The fields in the changes of an event. */
const TOLD_FIELDS = [...TASK_FIELDS, 'template_id', 'series_id', 'original_start'] as const;

export type TaskFields = { [Field in TaskField]?: TaskState[Field] | undefined };

/** The values of a task of which only a title is known. */
export const TASK_DEFAULTS: Omit<TaskState, 'list_id' | 'title' | 'position' | keyof OccurrenceIdentity> = {
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
      { field: 'due_at', code: 'not_combinable', issue },
      { field: 'due_on', code: 'not_combinable', issue },
    ]);
  }
  return next;
}

/** The form itself, without a leap second. What is no instant at all has been refused before. */
const CANONICAL_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:[0-5]\d\.\d{3}Z$/;

/** RFC 3339 with any offset and any precision → UTC, milliseconds. A Date would not know a leap second (`:60`). */
function canonicalInstant(value: string | null): string | null {
  if (value === null || CANONICAL_INSTANT.test(value)) return value;
  return Temporal.Instant.from(value.toUpperCase()).toString({ fractionalSecondDigits: 3 });
}

/** Old and new value of each field that differs; empty when none does. */
export function changesBetween(from: TaskState | undefined, to: TaskState | undefined): Changes {
  const changes: Changes = {};
  for (const field of TOLD_FIELDS) {
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
export function eventOf(from: TaskState, to: TaskState): TaskEvent['event'] {
  if (from.status === to.status) return 'updated';
  return to.status === 'done' ? 'completed' : 'status_changed';
}

/** What an event says of it; undefined where the task is no occurrence. */
export function occurrenceOf({ template_id, series_id, original_start }: OccurrenceIdentity): TaskEvent['occurrence'] {
  if (template_id === null || series_id === null || original_start === null) return undefined;
  return { template_id, series_id, original_start };
}
