// A copy of a task and of all below it, as they were read: new tasks in `todo`.
import { requireVersion, type CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { CreateTask } from '../../contract/task.js';
import { HIDDEN_STATUSES, MAX_DUPLICATED_SUBTASKS, type TaskStatus } from '../../contract/task-constants.js';
import type { DuplicateTask } from '../../contract/task-actions.js';
import { tasksErrors } from '../../contract/tasks.errors.js';
import type { Inbox } from '../lists/inbox.js';
import { inTransaction } from '../persistence/in-transaction.js';
import type { NewTask } from '../persistence/task-records.js';
import { readCounts, readTask, readTrees } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';
import type { AssigningContext } from '../tasks/assignees.js';
import { createTask, newTask } from '../tasks/create-task.js';
import { DayZones } from '../tasks/day-zone.js';
import { duplicateTitleAmong } from '../tasks/duplicate-title.js';
import { insertAdmitted } from '../workflow/admit.js';
import { changesBetween } from '../domain/task-state.js';

type Asked = Pick<DuplicateTask, keyof DuplicateTask> & { id: string };

export interface Original {
  task: TaskRow;
  /** It and the subtasks that are duplicated with it, each behind its parent and in the manual order. */
  rows: TaskRow[];
}

const HIDDEN: ReadonlySet<TaskStatus> = new Set(HIDDEN_STATUSES);

/** @throws NotFoundError; VersionConflictError; ConflictError `too_many_subtasks`; DomainError `forbidden` for subtasks out of reach. */
export async function readOriginal(
  on: Executor,
  context: CallContext,
  { id, with_subtasks: withSubtasks = true }: Asked,
): Promise<Original> {
  const { principal } = context;
  const task = await readTask(on, principal, id);
  if (!task) throw tasksErrors.task_not_found({ id });
  requireVersion(context, task);
  if (!withSubtasks) return { task, rows: [task] };
  const rows = [task, ...subtasksOf(task, await readTrees(on, principal, [id], false))];
  if (rows.length > MAX_DUPLICATED_SUBTASKS + 1)
    throw tasksErrors.too_many_subtasks({ task_id: id, limit: MAX_DUPLICATED_SUBTASKS });
  return { task, rows };
}

function subtasksOf(task: TaskRow, tree: readonly TaskRow[]): TaskRow[] {
  return tree
    .filter(({ parent_id: parentId, status }) => parentId === task.id && !HIDDEN.has(status))
    .sort((one, other) => Buffer.compare(Buffer.from(one.position), Buffer.from(other.position)))
    .flatMap((child) => [child].concat(subtasksOf(child, tree)));
}

/** @throws NotFoundError `list_not_found`; ConflictError `duplicate_task`, or the refusal of a workflow. */
export async function duplicateTask(
  on: Executor,
  context: AssigningContext,
  { task, rows }: Original,
  asked: Asked,
  inbox: Inbox,
): Promise<TaskRow> {
  const { workspaceId } = context.principal;
  const listId = asked.list_id ?? task.list_id;
  const copy = (row: TaskRow): CreateTask => {
    const list_id = row.list_id === task.list_id ? listId : row.list_id;
    return Object.assign(contentOf(context, row, asked), { list_id });
  };
  return inTransaction(on, async (transaction) => {
    const now = await readTask(transaction, context.principal, task.id);
    const beside = now?.list_id === listId && listId === task.list_id && { parent_id: task.parent_id, after: task.id };
    const top = Object.assign(copy(task), { title: asked.title ?? task.title }, beside || {});
    const root = await createTask(transaction, context, top, inbox);
    const ids = new Map([[task.id, root.id]]);
    const zones = new DayZones(transaction, context);
    const subtasks: NewTask[] = [];
    for (const row of rows.slice(1)) {
      const made = await newSubtask(context, zones, copy(row), ids.get(row.parent_id ?? '') ?? root.id);
      ids.set(row.id, made.id);
      subtasks.push(made);
    }
    await insertAll(transaction, context, subtasks);
    const counts = subtasks.length === 0 ? undefined : await readCounts(transaction, workspaceId, [root.id]);
    return { ...root, ...counts?.get(root.id) };
  });
}

async function insertAll(on: Executor, context: CallContext, tasks: readonly NewTask[]): Promise<void> {
  if (tasks.length === 0) return;
  const rows = await insertAdmitted(on, context, tasks).catch((error: unknown) => {
    throw duplicateTitleAmong(
      error,
      tasks.map(({ state }) => state.title),
    );
  });
  const made = new Set(rows.map(({ id }) => id));
  const missing = tasks.find(({ id }) => !made.has(id));
  if (missing) throw tasksErrors.list_not_found({ id: missing.state.list_id });
}

async function newSubtask(
  context: AssigningContext,
  zones: DayZones,
  input: CreateTask,
  parentId: string,
): Promise<NewTask> {
  const task = await newTask(context, zones, input, input.list_id ?? '');
  const state = { ...task.state, parent_id: parentId };
  return { ...task, state, changes: changesBetween(undefined, state) };
}

function contentOf(
  { strangers }: AssigningContext,
  row: TaskRow,
  { with_tags: withTags = true, with_dates: withDates = true, with_assignee: withAssignee = true }: Asked,
): CreateTask {
  const { title, description, priority, estimated_duration: estimate, assignee_id: assignee } = row;
  const hasDays = withDates && (row.due_on !== null || row.starts_on !== null);
  const isAssigned = withAssignee && assignee !== null && !strangers.has(assignee.toLowerCase());
  return {
    title,
    description,
    priority,
    // Days without a zone are in UTC, not in the zone of the caller.
    timezone: row.timezone ?? (hasDays ? 'UTC' : null),
    estimated_duration: estimate,
    tags: withTags ? row.tags : [],
    assignee_id: isAssigned ? assignee : null,
    ...(withDates && { due_at: row.due_at, due_on: row.due_on, starts_on: row.starts_on }),
  };
}
