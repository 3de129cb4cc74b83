// A task before and after each of its changes: from the task as it is now, backwards.
import type { TaskEvent } from '../../../contract/tasks.events.js';
import { dueInstant } from '../due.js';
import type { FilterableTask } from './filter.js';

/** A task as far as filters read it. Null: unknown. */
export type KnownTask = { [Field in keyof FilterableTask]: FilterableTask[Field] | null } & {
  due_at: string | null;
  due_on: string | null;
  timezone: string | null;
};

export interface TaskChange {
  version: number;
  occurred_at: string;
  changes: TaskEvent['changes'];
}

/** While a task does not exist, its status is null. */
export interface Sides {
  before: KnownTask;
  after: KnownTask;
}

/**
 * @param now the task as it is or was last; newer changes than those given show in it. @param changes of the task, in any order.
 * @returns by the places of the changes.
 */
export function sidesOf(now: KnownTask, changes: readonly TaskChange[]): Sides[] {
  const sides: Sides[] = [];
  const completions = completionsOf(changes);
  let state = now;
  const places = [...changes.keys()].toSorted((a, b) => (changes[b]?.version ?? 0) - (changes[a]?.version ?? 0));
  for (const place of places) {
    const change = changes[place];
    if (!change) continue;
    const after = withCompletion(withValues(state, change, 'to'), change.version, completions);
    const before = withCompletion(withValues(after, change, 'from'), change.version - 1, completions);
    sides[place] = { before, after };
    state = before;
  }
  return sides;
}

interface Completion {
  version: number;
  at: string;
}

function completionsOf(changes: readonly TaskChange[]): Completion[] {
  return changes
    .filter(({ changes: { status } }) => status?.to === 'done')
    .map(({ version, occurred_at: at }) => ({ version, at }))
    .toSorted((a, b) => b.version - a.version);
}

/** A completion that is not among the changes is the known one, else about as old as the task. */
function withCompletion(task: KnownTask, version: number, completions: readonly Completion[]): KnownTask {
  if (task.status === null) return task;
  if (task.status !== 'done') return { ...task, completed_at: null };
  const completion = completions.find((one) => one.version <= version);
  return { ...task, completed_at: completion?.at ?? task.completed_at ?? task.created_at };
}

/** Creations, restorations and deletions name all fields but those that are null. */
const NOTHING = {
  description: null,
  tags: null,
  assignee_id: null,
  parent_id: null,
  template_id: null,
  due_at: null,
  due_on: null,
  timezone: null,
  starts_on: null,
  estimated_duration: null,
};

function withValues(state: KnownTask, { changes, occurred_at: at }: TaskChange, side: 'from' | 'to'): KnownTask {
  const values = Object.fromEntries(Object.entries(changes).map(([field, value]) => [field, value[side]]));
  // Each task has a title.
  const isWhole = changes['title']?.[side === 'to' ? 'from' : 'to'] === null;
  const next: KnownTask = { ...state, ...(isWhole && NOTHING), ...values, updated_at: side === 'to' ? at : null };
  next.tags ??= [];
  if (isWhole || 'due_at' in values || 'due_on' in values || 'timezone' in values) next.due_instant = dueInstant(next);
  return next;
}
