// Subtasks as their template gives them to a task.
import type { OccurrenceSubtask } from '../../contract/occurrences.js';
import { positionOfNew } from '../domain/position.js';
import { changesBetween, NO_OCCURRENCE, TASK_DEFAULTS, withFields, type TaskState } from '../domain/task-state.js';
import type { NewOccurrence } from '../persistence/occurrence-records.js';
import { assigneeOf } from './occurrence-content.js';

/** The task of an occurrence. */
export interface Parent {
  id: string;
  list_id: string;
  /** The revision of recurrence that creates its subtasks. */
  revision: number;
}

/** The number of digits for the place of a subtask among at most 50. */
const DIGITS = 2;
/** The random part of the id. */
const OWN_DIGITS = 12;

/** A subtask to be created or brought to its content. */
export interface Given {
  id: string;
  subtask: OccurrenceSubtask;
  /** Its place among the subtasks of the template. */
  index: number;
}

/** @param present the assignee that it has, who may have left. */
export function subtaskState(
  parent: Parent,
  { id, subtask, index }: Given,
  strangers: ReadonlySet<string>,
  present: string | null = null,
): TaskState {
  const { title, priority, tags, due_at, due_on, timezone, estimated_duration } = subtask;
  // Behind its parent, in the order of the template; the end is its own, since touched ones keep their places.
  const place = index.toString(36).padStart(DIGITS, '0');
  const position = `${positionOfNew(parent.id)}${positionOfNew(`${place}${id.slice(-OWN_DIGITS)}`)}`;
  const blank: TaskState = { ...TASK_DEFAULTS, ...NO_OCCURRENCE, list_id: parent.list_id, title, position };
  const assignee_id = assigneeOf(subtask, strangers, present);
  const fields = { parent_id: parent.id, priority, tags, assignee_id, due_at, due_on, timezone, estimated_duration };
  return withFields(blank, fields);
}

export function newSubtask(parent: Parent, given: Given, strangers: ReadonlySet<string>): NewOccurrence {
  const state = subtaskState(parent, given, strangers);
  const { id } = given;
  return { id, revision: parent.revision, successor_of: null, state, changes: changesBetween(undefined, state) };
}
