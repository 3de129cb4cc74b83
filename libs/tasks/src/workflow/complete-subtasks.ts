// The open subtasks of tasks that are completed, as the lists of these tasks rule.
import type { CallContext } from '@mono/contract';
import type { DomainError } from '@mono/contract/errors';
import type { Executor } from '@mono/platform';
import { MAX_COMPLETED_SUBTASKS, type OnCompleteWithSubtasks } from '../../contract/task-constants.js';
import { tasksErrors } from '../../contract/tasks.errors.js';
import { isOpen } from '../domain/occurrence-revision.js';
import { beyond, reaches, type Reach } from '../domain/reach.js';
import { changesBetween } from '../domain/task-state.js';
import { findOpenSubtasks, lockOpenSubtasks, type OpenSubtask } from '../persistence/open-subtasks.js';
import type { TaskChange } from '../persistence/task-records.js';
import { stateOf } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';
import type { ListRules } from '../persistence/workflow-records.js';

/** In a refusal. */
export const MAX_NAMED_SUBTASKS = 100;

export function completes({ row, state }: Pick<TaskChange, 'row' | 'state'>): boolean {
  return row.status !== 'done' && state.status === 'done';
}

/**
 * In a transaction that has locked the tasks and the rules of their lists.
 * @returns the changes, behind those of the subtasks that are completed with them, the deepest first.
 * @throws ConflictError `open_subtasks`, `too_many_subtasks`; DomainError `forbidden` for subtasks out of reach.
 */
export async function withSubtasks(
  on: Executor,
  { principal }: CallContext,
  rules: ReadonlyMap<string, ListRules>,
  changes: readonly TaskChange[],
): Promise<TaskChange[]> {
  const rootsOf = (ruling: OnCompleteWithSubtasks): string[] =>
    changes
      .filter((change) => completes(change) && rules.get(change.state.list_id)?.on_complete_with_subtasks === ruling)
      .map(({ row }) => row.id);
  const { workspaceId } = principal;
  const closing = changes.filter(({ state }) => !isOpen(state)).map(({ row }) => row.id);
  const refusing = rootsOf('refuse');
  if (refusing.length > 0) {
    const open = await findOpenSubtasks(on, workspaceId, refusing, MAX_NAMED_SUBTASKS, closing);
    const refusal = openSubtasks(principal, open);
    if (refusal) throw refusal;
  }
  const completing = rootsOf('complete');
  if (completing.length === 0) return [...changes];
  const { found, rows } = await lockOpenSubtasks(on, workspaceId, completing, MAX_COMPLETED_SUBTASKS + 1, closing);
  const refusal = uncompletable(principal, found);
  if (refusal) throw refusal;
  const asked = new Map(changes.map((change) => [change.row.id, change]));
  const ids = new Set(found.map(({ id }) => id));
  const completed = [...ids].flatMap((id) => completionOf(rows.get(id), asked.get(id)) ?? []);
  return [...completed, ...changes.filter(({ row }) => !ids.has(row.id))];
}

/** The refusal of a list for the first of the tasks that have open subtasks. */
export function openSubtasks(reach: Reach, found: readonly OpenSubtask[]): DomainError | undefined {
  const [first] = found;
  if (!first) return undefined;
  const { root_id: id, open } = first;
  const near = found.filter((one) => one.root_id === id && reaches(reach, one.list_id));
  return tasksErrors.open_subtasks({ task_id: id, open, subtask_ids: near.map((one) => one.id) });
}

/** Why these are not completed with a task: `too_many_subtasks`, or `forbidden` for those out of reach. */
export function uncompletable(reach: Reach, found: readonly OpenSubtask[]): DomainError | undefined {
  if (found.length > MAX_COMPLETED_SUBTASKS) {
    return tasksErrors.too_many_subtasks({ task_id: found[0]?.root_id ?? '', limit: MAX_COMPLETED_SUBTASKS });
  }
  const isNear = found.every(({ list_id: listId }) => reaches(reach, listId));
  return isNear ? undefined : beyond('it has open subtasks in others');
}

/** With what else is asked of it. */
function completionOf(row: TaskRow | undefined, asked: TaskChange | undefined): TaskChange | undefined {
  if (!row) return undefined;
  const from = stateOf(row);
  const state = { ...(asked?.state ?? from), status: 'done' as const };
  return { ...asked, row, state, event: 'completed', changes: changesBetween(from, state) };
}
