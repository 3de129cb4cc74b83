// Decides how a revision by recurrence changes the task of an occurrence. People's own work stays: their
// changes are not written over, and what they have begun is not taken away.
import { OPEN_STATUSES, type TaskStatus } from '../../contract/task-constants.js';
import { changesBetween, withFields, type OccurrenceIdentity, type TaskFields, type TaskState } from './task-state.js';
import type { TaskEvent } from '../../contract/tasks.events.js';

/** A task as it stands. */
export interface StandingTask {
  state: TaskState;
  version: number;
  /** The version that recurrence has written last. */
  writtenVersion: number;
  hasSubtasks: boolean;
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
  const { state, version, writtenVersion, hasSubtasks } = task;
  const written = version === writtenVersion;
  const isUntouched = written && state.status === 'todo' && !hasSubtasks;
  if (fields === null && (isUntouched || (force && isOpen(state)))) return { outcome: 'removed' };
  const isBroughtTo = fields !== null && (isUntouched || (force && isOpen(state)));
  const next = { ...(isBroughtTo ? withFields(state, fields) : state), ...identity };
  const changes = changesBetween(state, next);
  if (!isBroughtTo) return { outcome: 'touched', state: next, changes, written };
  const outcome = Object.keys(changes).length > 0 ? 'revised' : 'unchanged';
  return { outcome, state: next, changes, written: true };
}

export function isOpen({ status }: Pick<TaskState, 'status'>): boolean {
  return (OPEN_STATUSES as readonly TaskStatus[]).includes(status);
}
