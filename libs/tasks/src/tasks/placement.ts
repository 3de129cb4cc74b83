// Where a task stands among others: below a parent, between its neighbours of the manual order. In a transaction, since
// both look at other tasks before they change one.
import { type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import { MAX_SUBTASK_DEPTH } from '../../contract/task-constants.js';
import { positionBeside } from '../domain/position.js';
import { lockOrder } from '../persistence/list-records.js';
import { readAncestry, readHeight, readTask } from '../persistence/task-reads.js';
import { tasksErrors } from '../../contract/tasks.errors.js';

export interface Neighbour {
  before?: string | undefined;
  after?: string | undefined;
}

/** In a transaction. Two moves at once could each be sound and together a cycle: one at a time per workspace. */
export async function lockTree(on: Executor, workspaceId: string): Promise<void> {
  await on.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`tasks.tree.${workspaceId}`]);
}

/** @param id of the task itself, when it exists already. @throws InvalidInputError `parent_cycle`, `subtasks_too_deep`. */
export async function requireParent(
  on: Executor,
  { principal }: CallContext,
  parentId: string,
  id?: string,
): Promise<void> {
  await lockTree(on, principal.workspaceId);
  const ancestry = await readAncestry(on, principal.workspaceId, parentId);
  const isHidden = principal.listIds !== undefined && !(await readTask(on, principal, parentId));
  if (ancestry.length === 0 || isHidden) throw tasksErrors.task_not_found({ id: parentId });
  if (id !== undefined && ancestry.includes(id)) {
    throw tasksErrors.parent_cycle([
      { field: 'parent_id', issue: 'a task cannot be a subtask of itself or of its own subtask' },
    ]);
  }
  const height = id === undefined ? 1 : await readHeight(on, id);
  if (ancestry.length + height > MAX_SUBTASK_DEPTH) {
    throw tasksErrors.subtasks_too_deep([
      { field: 'parent_id', code: 'out_of_range', issue: `subtasks go at most ${MAX_SUBTASK_DEPTH} levels deep` },
    ]);
  }
}

/** @param id of the task that is moved, when it exists already. @returns its new key; undefined when it is not to be moved. */
export async function positionAt(
  on: Executor,
  { principal }: CallContext,
  listId: string,
  { before, after }: Neighbour,
  id?: string,
): Promise<string | undefined> {
  if (before !== undefined && after !== undefined) {
    throw new InvalidInputError([{ field: 'after', code: 'not_combinable', issue: 'goes without before' }]);
  }
  const neighbour = before ?? after;
  if (neighbour === undefined) return undefined;
  const field = before === undefined ? 'after' : 'before';
  await lockOrder(on, principal.workspaceId, listId);
  const [beside] = await on.query<{ position: string }>(
    'SELECT position FROM tasks.task WHERE id = $1 AND workspace_id = $2 AND list_id = $3',
    [neighbour, principal.workspaceId, listId],
  );
  if (!beside || neighbour === id) {
    throw new InvalidInputError([{ field, code: 'not_found', issue: 'must be another task of the same list' }]);
  }
  const others = 'FROM tasks.task WHERE list_id = $1 AND id IS DISTINCT FROM $3::uuid AND position';
  const [next] = await on.query<{ position: string | null }>(
    before === undefined
      ? `SELECT min(position) AS position ${others} > $2`
      : `SELECT max(position) AS position ${others} < $2`,
    [listId, beside.position, id ?? null],
  );
  return positionBeside(before === undefined ? 'after' : 'before', beside.position, next?.position ?? undefined);
}
