// Brings the subtasks of occurrences to those of their template, each unless a user has changed, begun or deleted it.
import type { Executor } from '@mono/platform';
import type { OccurrenceSubtask } from '../../contract/occurrences.js';
import { MAX_SUBTASK_DEPTH } from '../../contract/task-constants.js';
import { subtaskId } from '../domain/subtask-id.js';
import { changesBetween } from '../domain/task-state.js';
import { insertSubtasks, saveOccurrences, type NewOccurrence } from '../persistence/occurrence-records.js';
import { findOutcomes, type SubtaskOfOccurrence } from '../persistence/occurrence-subtasks.js';
import { updateTasks, type TaskChange, type Writing } from '../persistence/task-records.js';
import { lockDepths, stateOf } from '../persistence/task-reads.js';
import type { AssigningContext } from '../tasks/assignees.js';
import { deleteTrees } from '../tasks/delete-trees.js';
import { newSubtask, subtaskState, type Parent } from './subtask-content.js';
import { WITHDRAWAL } from './withdraw-successors.js';

/** The task of an occurrence that is locked, and the subtasks that it has and is to have. */
export interface SubtasksCase extends Parent {
  /** The task above it, if a user has put it below one. */
  parent_id: string | null;
  subtasks: readonly SubtaskOfOccurrence[];
  wanted: readonly OccurrenceSubtask[];
}

interface Work {
  created: NewOccurrence[];
  changed: { change: TaskChange; revision: number }[];
  removed: { row: SubtaskOfOccurrence; revision: number }[];
}

/** In a transaction that has locked the tasks and their subtasks. @param writing how tasks of templates are written. */
export async function reviseSubtasks(
  on: Executor,
  context: AssigningContext,
  cases: readonly SubtasksCase[],
  writing: Writing,
): Promise<void> {
  if (cases.every(({ wanted, subtasks }) => wanted.length === 0 && subtasks.length === 0)) return;
  const { workspaceId } = context.principal;
  const generations = await generationsOf(on, workspaceId, cases);
  const full = await tooDeep(on, workspaceId, cases);
  const work: Work = { created: [], changed: [], removed: [] };
  for (const one of cases) compare(one, generations, full.has(one.id), context.strangers, work);
  await write(on, context, work, writing);
}

/** The task that a subtask of the template is now. */
interface Generation {
  id: string;
  /** Whether it has been created before. */
  known: boolean;
}

/** By the id of the first generation. A subtask that the template has removed returns as another task. */
async function generationsOf(
  on: Executor,
  workspaceId: string,
  cases: readonly SubtasksCase[],
): Promise<Map<string, Generation>> {
  const found = new Map<string, Generation>();
  let open = cases.flatMap(({ id, wanted }) => wanted.map(({ key }) => ({ taskId: id, key })));
  for (let generation = 0; open.length > 0; generation += 1) {
    const ids = open.map(({ taskId, key }) => subtaskId(taskId, key, generation));
    const outcomes = await findOutcomes(on, workspaceId, ids);
    open = open.filter(({ taskId, key }, index) => {
      const id = ids[index] ?? '';
      if (outcomes.get(id) === 'removed') return true;
      found.set(subtaskId(taskId, key, 0), { id, known: outcomes.has(id) });
      return false;
    });
  }
  return found;
}

/** @returns the tasks that are on the lowest level. */
async function tooDeep(on: Executor, workspaceId: string, cases: readonly SubtasksCase[]): Promise<Set<string>> {
  const nested = cases.filter(({ parent_id: parent }) => parent !== null).map(({ id }) => id);
  if (nested.length === 0) return new Set();
  const depths = await lockDepths(on, workspaceId, nested);
  return new Set(nested.filter((id) => (depths.get(id) ?? 0) >= MAX_SUBTASK_DEPTH));
}

function compare(
  one: SubtasksCase,
  generations: ReadonlyMap<string, Generation>,
  isFull: boolean,
  strangers: ReadonlySet<string>,
  work: Work,
): void {
  const { revision } = one;
  const present = new Map(one.subtasks.map((row) => [row.id, row]));
  const stays = new Set<string>();
  for (const [index, subtask] of one.wanted.entries()) {
    const known = generations.get(subtaskId(one.id, subtask.key, 0));
    if (!known) continue;
    stays.add(known.id);
    const given = { id: known.id, subtask, index };
    const row = present.get(known.id);
    if (!known.known && !isFull) work.created.push(newSubtask(one, given, strangers));
    if (!row?.is_untouched) continue;
    const from = stateOf(row);
    const state = subtaskState(one, given, strangers, row.assignee_id);
    const changes = changesBetween(from, state);
    if (Object.keys(changes).length > 0)
      work.changed.push({ change: { row, state, event: 'updated', changes }, revision });
  }
  for (const row of one.subtasks)
    if (row.is_from_template && row.is_untouched && !stays.has(row.id)) work.removed.push({ row, revision });
}

async function write(
  on: Executor,
  context: AssigningContext,
  { created, changed, removed }: Work,
  writing: Writing,
): Promise<void> {
  await insertSubtasks(on, context, created);
  const changes = changed.map(({ change }) => change);
  const rows = changes.length > 0 ? await updateTasks(on, context, changes, writing) : [];
  const versions = new Map(rows.map(({ id, version }) => [id, version]));
  const gone = removed.map(({ row }) => row.id);
  if (gone.length > 0) await deleteTrees(on, context, gone, WITHDRAWAL);
  const kept = [
    ...changed.map(({ change: { row }, revision }) => ({
      task_id: row.id,
      revision,
      written_version: versions.get(row.id) ?? row.version,
      outcome: 'revised' as const,
    })),
    ...removed.map(({ row, revision }) => ({
      task_id: row.id,
      revision,
      written_version: row.version,
      outcome: 'removed' as const,
    })),
  ];
  if (kept.length > 0) await saveOccurrences(on, context.principal.workspaceId, kept);
}
