// Makes the tasks of occurrences, each once for good, in one statement for all.
import type { Executor } from '@mono/platform';
import type { Materialise, Materialised, MaterialiseResult, OccurrenceInput } from '../../contract/occurrences.js';
import { positionOfNew } from '../domain/position.js';
import { subtaskId } from '../domain/subtask-id.js';
import { changesBetween, TASK_DEFAULTS, withFields, type TaskState } from '../domain/task-state.js';
import {
  findStatuses,
  findTaken,
  insertOccurrences,
  insertSubtasks,
  lockOpen,
  lockSeries,
  type NewOccurrence,
} from '../persistence/occurrence-records.js';
import type { AssigningContext } from '../tasks/assignees.js';
import { fieldsOf, identityOf } from './occurrence-content.js';
import { newSubtask } from './subtask-content.js';

export async function materialise(
  on: Executor,
  context: AssigningContext,
  { occurrences }: Materialise,
): Promise<Materialised> {
  const open = await openPredecessors(on, context, occurrences);
  const taken = await takenIds(on, context, occurrences);
  const tasks = occurrences
    .filter(
      ({ task_id: id, successor_of: before }) => !open.has(before?.toLowerCase() ?? '') && !taken.has(id.toLowerCase()),
    )
    .map((occurrence) => newOccurrence(occurrence, context.strangers));
  const made = await insertOccurrences(on, context, tasks);
  await insertSubtasks(on, context, subtasksOf(occurrences, made, context.strangers));
  const others = tasks.flatMap(({ id }) => (made.has(id) ? [] : [id]));
  // Asked anew: the statement itself did not see those that another caller made meanwhile.
  const known = others.length > 0 ? await findStatuses(on, context.principal.workspaceId, others) : undefined;
  const results = occurrences.map(({ task_id, successor_of: before }): MaterialiseResult => {
    const id = task_id.toLowerCase();
    if (open.has(before?.toLowerCase() ?? '')) return { task_id, outcome: 'predecessor_open' };
    if (taken.has(id)) return { task_id, outcome: 'other_exists' };
    if (made.has(id)) return { task_id, outcome: 'created', status: 'todo' };
    const status = known?.get(id);
    if (status === undefined) return { task_id, outcome: 'list_not_found' };
    return { task_id, outcome: 'known', ...(status && { status }) };
  });
  return { results };
}

const NONE: ReadonlySet<string> = new Set();

async function openPredecessors(
  on: Executor,
  { principal }: AssigningContext,
  occurrences: readonly OccurrenceInput[],
): Promise<ReadonlySet<string>> {
  const ids = occurrences.flatMap(({ successor_of: id }) => id ?? []);
  return ids.length === 0 ? NONE : lockOpen(on, principal.workspaceId, ids);
}

/** @returns the ids whose occurrence has another task. */
async function takenIds(
  on: Executor,
  { principal }: AssigningContext,
  occurrences: readonly OccurrenceInput[],
): Promise<ReadonlySet<string>> {
  const repeated = occurrences.filter(({ again }) => again === true);
  if (repeated.length === 0) return NONE;
  await lockSeries(on, repeated);
  return findTaken(on, principal.workspaceId, repeated);
}

/** A task that was known keeps the subtasks that it has. */
function subtasksOf(
  occurrences: readonly OccurrenceInput[],
  made: ReadonlySet<string>,
  strangers: ReadonlySet<string>,
): NewOccurrence[] {
  return occurrences.flatMap(({ task_id, list_id, revision, subtasks }) => {
    const parent = { id: task_id.toLowerCase(), list_id: list_id.toLowerCase(), revision };
    if (!subtasks || !made.has(parent.id)) return [];
    return subtasks.map((subtask, index) =>
      newSubtask(parent, { id: subtaskId(parent.id, subtask.key, 0), subtask, index }, strangers),
    );
  });
}

function newOccurrence(occurrence: OccurrenceInput, strangers: ReadonlySet<string>): NewOccurrence {
  const { task_id, revision, list_id, title } = occurrence;
  const id = task_id.toLowerCase();
  const identity = identityOf(occurrence);
  const blank: TaskState = { ...TASK_DEFAULTS, ...identity, list_id, title, position: positionOfNew(id) };
  const state = withFields(blank, fieldsOf(occurrence, strangers));
  return {
    id,
    revision,
    successor_of: occurrence.successor_of ?? null,
    state,
    changes: changesBetween(undefined, state),
  };
}
