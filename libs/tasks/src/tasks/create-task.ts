// Creating a task. Without a parent or a place in the manual order it is a single statement.
import { type CallContext } from '@mono/contract';
import { violatedConstraint, type Executor } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import type { CreateTask } from '../../contract/task.js';
import { requireStartBeforeDue } from '../domain/due.js';
import { positionOfNew } from '../domain/position.js';
import { requireInbox, requireReach } from '../domain/reach.js';
import { changesBetween, NO_OCCURRENCE, TASK_DEFAULTS, withFields, type TaskState } from '../domain/task-state.js';
import type { Inbox } from '../lists/inbox.js';
import { inTransaction } from '../persistence/in-transaction.js';
import { findInboxId } from '../persistence/list-records.js';
import { insertTasks, type NewTask } from '../persistence/task-records.js';
import { readTask } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';
import { insertAdmitted } from '../workflow/admit.js';
import { requireAssignable, type AssigningContext } from './assignees.js';
import { DayZones } from './day-zone.js';
import { duplicateTitle } from './duplicate-title.js';
import { listRefusal } from './list-refusal.js';
import { requireParent, positionAt, type Neighbour } from './placement.js';
import { tasksErrors } from '../../contract/tasks.errors.js';

/** Whether it stands below or beside another task, which takes a transaction. */
export function isPlaced({ parent_id, before, after }: Neighbour & { parent_id?: string | null | undefined }): boolean {
  return (parent_id !== undefined && parent_id !== null) || before !== undefined || after !== undefined;
}

export async function createTask(
  on: Executor,
  context: AssigningContext,
  input: CreateTask,
  inbox: Inbox,
): Promise<TaskRow> {
  if (isPlaced(input)) return inTransaction(on, (transaction) => createPlaced(transaction, context, input, inbox));
  const listId = await listOf(on, context, input, inbox);
  return insert(on, context, await newTask(context, new DayZones(on, context), input, listId));
}

/** Where a task goes that is made neither below nor beside another. @throws NotFoundError; DomainError `forbidden`. */
export async function listOf(
  on: Executor,
  context: CallContext,
  { list_id: listId }: CreateTask,
  inbox: Inbox,
): Promise<string> {
  if (listId !== undefined) {
    requireReach(context.principal, listId);
    return listId;
  }
  // Looked at first: one that is out of reach is not to be made, either.
  const { workspaceId, listIds } = context.principal;
  if (listIds !== undefined) requireInbox(context.principal, await findInboxId(on, workspaceId));
  return inbox.idOf(on, context);
}

/** Ready to be inserted at the end of its list. @throws InvalidInputError */
export async function newTask(
  context: AssigningContext,
  zones: DayZones,
  input: CreateTask,
  listId: string,
): Promise<NewTask> {
  requireAssignable(context, input);
  const fields = await zones.complete(input, listId);
  const id = uuidv7();
  const place = { list_id: listId, position: positionOfNew(id) };
  const blank: TaskState = { ...TASK_DEFAULTS, ...NO_OCCURRENCE, ...place, title: input.title };
  const state = { ...withFields(blank, fields), list_id: listId };
  requireStartBeforeDue(undefined, state);
  return { id, state, changes: changesBetween(undefined, state) };
}

async function createPlaced(
  on: Executor,
  context: AssigningContext,
  input: CreateTask,
  inbox: Inbox,
): Promise<TaskRow> {
  const { parent_id: parentId } = input;
  if (parentId !== undefined && parentId !== null) await requireParent(on, context, parentId);
  const besideParent = input.list_id === undefined ? await listOfParent(on, context, parentId) : undefined;
  const listId = besideParent ?? (await listOf(on, context, input, inbox));
  const position = await positionAt(on, context, listId, input);
  const task = await newTask(context, new DayZones(on, context), input, listId);
  if (position === undefined) return insert(on, context, task);
  const state = { ...task.state, position };
  return insert(on, context, { ...task, state, changes: changesBetween(undefined, state) });
}

async function listOfParent(
  on: Executor,
  { principal }: CallContext,
  parentId: string | null | undefined,
): Promise<string | undefined> {
  if (parentId === undefined || parentId === null) return undefined;
  return (await readTask(on, principal, parentId))?.list_id;
}

async function insert(on: Executor, context: CallContext, task: NewTask): Promise<TaskRow> {
  const { list_id: listId, parent_id: parentId, title } = task.state;
  try {
    // Mostly the list has no workflow, and one statement is enough.
    let [row] = await insertTasks(on, context, [task]);
    if (!row) [row] = await inTransaction(on, (transaction) => insertAdmitted(transaction, context, [task]));
    if (!row) throw await listRefusal(on, context.principal, listId);
    return row;
  } catch (error) {
    if (violatedConstraint(error) === 'task_parent_fk') throw tasksErrors.task_not_found({ id: parentId ?? '' });
    throw duplicateTitle(error, title);
  }
}
