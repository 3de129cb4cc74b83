// Decides how a revision by recurrence changes the task of an occurrence. Users' own work stays: fields that they have set keep
// their values, the others follow the template, and a task that they have worked on is not removed.
import { OPEN_STATUSES, type TaskStatus } from '../../contract/task-constants.js';
import {
  changesBetween,
  withFields,
  type OccurrenceIdentity,
  type TaskField,
  type TaskFields,
  type TaskState,
} from './task-state.js';
import type { TaskEvent } from '../../contract/tasks.events.js';

/** A task as it stands. */
export interface StandingTask {
  state: TaskState;
  version: number;
  /** The version that recurrence has written last. */
  writtenVersion: number;
  /** Whether users have created a subtask of it, or have worked on one that recurrence created. */
  hasOwnSubtasks: boolean;
  /** The fields that users have set since then; null if unknown. */
  overridden: readonly string[] | null;
}

export interface WantedTask {
  identity: OccurrenceIdentity;
  /** null: none. */
  fields: TaskFields | null;
  /** Whether a user says so of this very occurrence. */
  force: boolean;
}

export type Decision =
  | { outcome: 'removed' }
  | {
      outcome: 'revised' | 'unchanged' | 'touched';
      state: TaskState;
      changes: TaskEvent['changes'];
      /** Whether the version that comes of it counts as written by recurrence: it is untouched again. */
      written: boolean;
    };

export function decide(task: StandingTask, { identity, fields, force }: WantedTask): Decision {
  const { state, version, writtenVersion, hasOwnSubtasks } = task;
  const written = version === writtenVersion;
  const isUntouched = written && state.status === 'todo' && !hasOwnSubtasks;
  if (fields === null && (isUntouched || (force && isOpen(state)))) return { outcome: 'removed' };
  const isBroughtTo = fields !== null && (isUntouched || (force && isOpen(state)));
  const given = isBroughtTo ? fields : followed(task, fields);
  const next = { ...withFields(state, given), ...identity };
  const changes = changesBetween(state, next);
  if (!isBroughtTo) return { outcome: 'touched', state: next, changes, written };
  const outcome = Object.keys(changes).length > 0 ? 'revised' : 'unchanged';
  return { outcome, state: next, changes, written: true };
}

/** The fields in which a touched task follows its template. Closed tasks are records. */
function followed({ state, version, writtenVersion, overridden }: StandingTask, fields: TaskFields | null): TaskFields {
  const kept = version === writtenVersion ? [] : overridden;
  if (fields === null || kept === null || !isOpen(state)) return {};
  const own = new Set<string>(kept.some(isDue) ? [...kept, ...DUE] : kept);
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !own.has(field)));
}

/** A task is due at one of them: they belong together. */
const DUE: readonly string[] = ['due_at', 'due_on'] satisfies readonly TaskField[];

function isDue(field: string): boolean {
  return DUE.includes(field);
}

export function isOpen({ status }: Pick<TaskState, 'status'>): boolean {
  return (OPEN_STATUSES as readonly TaskStatus[]).includes(status);
}
