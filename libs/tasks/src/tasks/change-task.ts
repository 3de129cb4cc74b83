// Changing a task: read it, compute the change, write it if nobody else was faster; else again from the new version.
import { requireVersion, type CallContext } from '@mono/contract';
import { violatedConstraint, type Executor } from '@mono/platform';
import { InvalidInputError } from '@mono/contract/errors';
import { MAX_COMPLETED_SUBTASKS } from '../../contract/task-constants.js';
import { requireStartBeforeDue } from '../domain/due.js';
import type { DueOffset } from '../domain/due-offset.js';
import { requireReach } from '../domain/reach.js';
import { changesBetween, eventOf, TASK_DEFAULTS, withFields, type TaskFields } from '../domain/task-state.js';
import type { TaskReplacement } from '../../contract/task.js';
import { reopens, withdrawSuccessors } from '../occurrences/withdraw-successors.js';
import { inTransaction } from '../persistence/in-transaction.js';
import { readList } from '../persistence/list-records.js';
import { updateTasks, type TaskChange } from '../persistence/task-records.js';
import { lockTasks, readTask, stateOf } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';
import { findOpenSubtasks } from '../persistence/open-subtasks.js';
import { lockRules, readWorkflow } from '../persistence/workflow-records.js';
import { updateAdmitted } from '../workflow/admit.js';
import { arrivalOf, enters } from '../workflow/arrival.js';
import { completes } from '../workflow/complete-subtasks.js';
import { requireAssignable, reassigns, withoutFormerMembers, type AssigningContext } from './assignees.js';
import { DayZones } from './day-zone.js';
import { duplicateTitleAmong } from './duplicate-title.js';
import { changesList, followersOf } from './followers.js';
import { isPlaced } from './create-task.js';
import { listRefusal } from './list-refusal.js';
import { lockTree, positionAt, requireParent, type Neighbour } from './placement.js';
import { tasksErrors } from '../../contract/tasks.errors.js';

/** After so many lost races the task is locked, so that every change ends. */
const OPTIMISTIC_ATTEMPTS = 5;

export type Fields = TaskFields & DueOffset & Neighbour & { move_subtasks?: boolean | undefined };

export function fieldsOfReplacement(replacement: TaskReplacement): Fields {
  return Object.assign({}, TASK_DEFAULTS, replacement);
}

export async function changeTask(
  on: Executor,
  context: AssigningContext,
  id: string,
  fields: Fields,
): Promise<TaskRow> {
  if (isPlaced(fields)) return inTransaction(on, (transaction) => changeLocked(transaction, context, id, fields));
  const zones = new DayZones(on, context);
  for (let attempt = 0; attempt < OPTIMISTIC_ATTEMPTS; attempt += 1) {
    const row = await readTask(on, context.principal, id);
    const change = await planChange(context, zones, row, id, fields);
    if (!change) return row as TaskRow;
    if (reopens(change) || reassigns(change) || changesList(change)) break;
    const written = await write(on, context, change, updateTasks);
    if (written) return written;
    if (await isGoverned(on, context, change)) break;
  }
  return inTransaction(on, (transaction) => changeLocked(transaction, context, id, fields));
}

/** @returns undefined when nothing changes. @throws NotFoundError, VersionConflictError, InvalidInputError. */
export async function planChange(
  context: AssigningContext,
  zones: DayZones,
  row: TaskRow | undefined,
  id: string,
  fields: Fields,
): Promise<TaskChange | undefined> {
  const { principal } = context;
  if (!row) throw tasksErrors.task_not_found({ id });
  requireVersion(context, row);
  const from = stateOf(row);
  const state = withFields(from, await zones.complete(fields, fields.list_id ?? from.list_id, from));
  // The start of an occurrence follows its due date.
  if (from.template_id === null) requireStartBeforeDue(from, state);
  requireReach(principal, state.list_id);
  requireAssignable(context, state, from.assignee_id);
  const changes = changesBetween(from, state);
  return Object.keys(changes).length === 0 ? undefined : { row, state, event: eventOf(from, state), changes };
}

async function changeLocked(on: Executor, context: AssigningContext, id: string, fields: Fields): Promise<TaskRow> {
  const { principal } = context;
  // The order of locks: the tree, the list's order and workflow, the task.
  if (fields.parent_id !== undefined && fields.parent_id !== null)
    await requireParent(on, context, fields.parent_id, id);
  else if (fields.list_id !== undefined) await lockTree(on, principal.workspaceId);
  const seen = await readTask(on, principal, id);
  if (!seen) throw tasksErrors.task_not_found({ id });
  const listId = fields.list_id ?? seen.list_id;
  requireReach(principal, listId);
  const position = await positionAt(on, context, listId, fields, id);
  if (listId !== seen.list_id || (fields.status ?? seen.status) !== seen.status)
    await lockRules(on, principal.workspaceId, await ruledLists(on, context, seen, listId, fields));
  const [row] = await lockTasks(on, principal, [id]);
  if (position !== undefined && row && fields.list_id === undefined && row.list_id !== listId) {
    throw new InvalidInputError([
      { field: 'before', code: 'not_combinable', issue: 'the task has just been moved to another list' },
    ]);
  }
  const placed = position === undefined ? fields : { ...fields, position };
  const change = await planChange(context, new DayZones(on, context), row, id, placed);
  if (!change) return row as TaskRow;
  await withdrawSuccessors(on, context, [change]);
  const [settled = change] = await withoutFormerMembers(on, context, [change]);
  const moved = changesList(settled) && fields.move_subtasks !== false;
  const subtasks = moved ? await followersOf(on, principal, settled) : [];
  const written = await write(on, context, settled, updateAdmitted, subtasks);
  if (!written && changesList(settled)) {
    throw await listRefusal(on, principal, settled.state.list_id);
  }
  if (!written) throw new Error('A locked task has changed.');
  return written;
}

/** Those whose rules the change may concern. */
async function ruledLists(
  on: Executor,
  { principal }: CallContext,
  seen: TaskRow,
  listId: string,
  { status }: Fields,
): Promise<string[]> {
  if (status !== 'done' || seen.status === 'done') return [listId];
  const below = await findOpenSubtasks(on, principal.workspaceId, [seen.id], MAX_COMPLETED_SUBTASKS);
  return [...new Set([listId, ...below.map((subtask) => subtask.list_id)])];
}

/** @returns undefined when another change was faster. @throws NotFoundError `list_not_found`; ConflictError `list_archived`, `duplicate_task`. */
async function write(
  on: Executor,
  context: CallContext,
  change: TaskChange,
  update: typeof updateAdmitted,
  subtasks: readonly TaskChange[] = [],
): Promise<TaskRow | undefined> {
  const { row, state } = change;
  const all = [change, ...subtasks];
  const rows = await update(on, context, all).catch((error: unknown) => {
    if (violatedConstraint(error) === 'task_parent_fk') throw tasksErrors.task_not_found({ id: state.parent_id ?? '' });
    throw duplicateTitleAmong(
      error,
      all.map((one) => one.state.title),
    );
  });
  const written = rows.find(({ id }) => id === row.id);
  if (!written && state.list_id !== row.list_id) {
    const list = await readList(on, context.principal, state.list_id);
    if (list?.archived_at !== null) throw await listRefusal(on, context.principal, state.list_id);
  }
  return written;
}

/** Whether the rules of its list have to admit it. */
async function isGoverned(on: Executor, { principal }: CallContext, change: TaskChange): Promise<boolean> {
  if (!enters(arrivalOf(change))) return false;
  const rules = await readWorkflow(on, principal.workspaceId, change.state.list_id);
  if (!rules) return false;
  return rules.workflow !== null || (completes(change) && rules.on_complete_with_subtasks !== 'leave');
}
