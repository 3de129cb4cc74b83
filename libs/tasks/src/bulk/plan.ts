// The operations of a batch that a bulk change of these tasks is.
import { InvalidInputError } from '@mono/contract/errors';
import type { BatchOperation } from '../../contract/batch.js';
import type { BulkChange } from '../../contract/bulk.js';
import { MAX_TAGS } from '../../contract/task-constants.js';
import { isOpen } from '../domain/occurrence-revision.js';
import type { TaskRow } from '../persistence/task-row.js';
import type { Below } from './below.js';

/** For one task. */
export type Plan =
  | { row: TaskRow; operation: BatchOperation }
  /** Nothing is to be done. */
  | { row: TaskRow; operation?: undefined }
  /** It goes with a task above it. */
  | { row: TaskRow; operation?: undefined; with: string }
  | { row: TaskRow; operation?: undefined; refusal: InvalidInputError };

/** @throws InvalidInputError */
export function requireChange({ action, patch, add_tags: added, remove_tags: removed }: BulkChange): void {
  const others = { patch, add_tags: added, remove_tags: removed };
  const given = Object.entries(others).flatMap(([name, value]) => (value === undefined ? [] : name));
  if (action !== undefined && given[0] !== undefined) throw faulty(`change.${given[0]}`, 'does not go with an action');
  if (patch?.tags !== undefined && given.length > 1)
    throw faulty('change.patch.tags', 'does not go with add_tags and remove_tags');
  if (action === undefined && given.length === 0)
    throw new InvalidInputError([{ field: 'change', issue: 'must have at least one field' }], 'empty_update');
}

/** Whether subtasks go along: to another list, or into the trash. */
export function takesSubtasks({ action, patch }: BulkChange): boolean {
  return action === 'delete' || (patch?.list_id !== undefined && patch.move_subtasks !== false);
}

/** Whether the change may bring a task into another status or list. */
export function mayEnter({ action, patch }: BulkChange): boolean {
  return action !== undefined || patch?.status !== undefined || patch?.list_id !== undefined;
}

/** In the order in which they are to be done: subtasks move, or are completed, before what is above them, so that each changes once. */
export function planBulk(rows: readonly TaskRow[], below: Below, change: BulkChange): Plan[] {
  const plans = rows.map((row) => planOf(row, below, change));
  if (!mayEnter(change) || change.action === 'delete') return plans;
  const depths = new Map(rows.map(({ id }) => [id, below.depthOf(id)]));
  return plans.toSorted((one, other) => (depths.get(other.row.id) ?? 0) - (depths.get(one.row.id) ?? 0));
}

function planOf(row: TaskRow, below: Below, change: BulkChange): Plan {
  const { id } = row;
  if (change.action === 'delete') {
    const top = below.topOf(id);
    return top === id ? { row, operation: { op: 'delete', id } } : { row, with: top };
  }
  if (change.action === 'complete') return { row, operation: { op: 'update', id, patch: { status: 'done' } } };
  if (change.action === 'reopen')
    return isOpen(row) ? { row } : { row, operation: { op: 'update', id, patch: { status: 'todo' } } };
  const tags = tagsOf(row, change);
  if (tags && tags.length > MAX_TAGS) {
    const issue = `the task would have ${tags.length} tags, and at most ${MAX_TAGS} are possible`;
    return { row, refusal: faulty('change.add_tags', issue) };
  }
  return { row, operation: { op: 'update', id, patch: Object.assign({}, change.patch, tags && { tags }) } };
}

/** @returns undefined where the change does not say. */
function tagsOf(row: TaskRow, { add_tags: added = [], remove_tags: removed = [] }: BulkChange): string[] | undefined {
  if (added.length === 0 && removed.length === 0) return undefined;
  return [...new Set([...row.tags.filter((tag) => !removed.includes(tag)), ...added])];
}

function faulty(field: string, issue: string): InvalidInputError {
  return new InvalidInputError([{ field, issue }]);
}
