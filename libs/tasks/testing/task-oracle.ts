// For tests: what findTasks must answer, worked out in memory the naive way.
import { TASK_PRIORITIES, type TaskOrder } from '../contract/index.js';
import type { Query, TaskSeed } from './tasks-world.js';

const linguistic = new Intl.Collator('en').compare;

/** The matches' ids, all pages in a row. */
export function expectedIds(tasks: readonly TaskSeed[], workspaceId: string, query: Query): string[] {
  const order = query.order_by ?? 'created_at';
  const descending = query.order_dir === 'desc';
  return tasks
    .filter((task) => task.workspace_id === workspaceId && matches(task, query))
    .sort((one, other) => compare(one, other, order, descending))
    .map(({ id }) => id);
}

function compare(one: TaskSeed, other: TaskSeed, order: TaskOrder, descending: boolean): number {
  const sign = descending ? -1 : 1;
  if (isMissing(one, order) !== isMissing(other, order)) return isMissing(one, order) ? 1 : -1;
  return sign * (byKey(one, other, order) || bytes(one.id, other.id));
}

function isMissing({ due_instant: due, completed_at: completed }: TaskSeed, order: TaskOrder): boolean {
  return (order === 'due_at' && due === null) || (order === 'completed_at' && completed === null);
}

function byKey(one: TaskSeed, other: TaskSeed, order: TaskOrder): number {
  switch (order) {
    case 'title':
      return linguistic(one.title_key, other.title_key) || bytes(one.title_key, other.title_key);
    case 'priority':
      return TASK_PRIORITIES.indexOf(one.priority) - TASK_PRIORITIES.indexOf(other.priority);
    case 'due_at':
      return bytes(one.due_instant ?? '', other.due_instant ?? '');
    case 'completed_at':
      return bytes(one.completed_at ?? '', other.completed_at ?? '');
    case 'position':
    case 'created_at':
    case 'updated_at':
      return bytes(one[order], other[order]);
  }
}

function bytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

function within(at: string | null, before: string | undefined, after: string | undefined): boolean {
  return (
    (before === undefined || (at !== null && Date.parse(at) < Date.parse(before))) &&
    (after === undefined || (at !== null && Date.parse(at) >= Date.parse(after)))
  );
}

function matches(task: TaskSeed, query: Query): boolean {
  const { status, priority, tag } = query;
  return [
    status ? status.includes(task.status) : !['archived', 'cancelled'].includes(task.status),
    !priority || priority.includes(task.priority),
    !tag ||
      (query.tag_mode === 'any'
        ? tag.some((name) => task.tags.includes(name))
        : tag.every((name) => task.tags.includes(name))),
    query.list_id === undefined || task.list_id === query.list_id,
    query.assignee_id === undefined || task.assignee_id === query.assignee_id,
    query.parent_id === undefined || task.parent_id === query.parent_id,
    query.template_id === undefined || task.template_id === query.template_id,
    within(task.due_instant, query.due_before, query.due_after),
    within(task.created_at, query.created_before, query.created_after),
    within(task.updated_at, undefined, query.updated_after),
    within(task.completed_at, query.completed_before, query.completed_after),
    query.q === undefined || speaksOf(task, query.q),
  ].every(Boolean);
}

/** Good for words of letters alone. */
function speaksOf(task: TaskSeed, q: string): boolean {
  const words = `${task.title} ${task.tags.join(' ')} ${task.description ?? ''}`.toLowerCase().split(/\s+/);
  const asked = q.toLowerCase().trim().split(/\s+/);
  return asked.every((word, index) =>
    index === asked.length - 1 ? words.some((known) => known.startsWith(word)) : words.includes(word),
  );
}
