// Admits tasks to statuses of lists that have rules. The statements that write tasks leave out those that such a rule concerns and
// that were not admitted, so that no write bypasses a rule that was set a moment ago.
import type { CallContext } from '@mono/contract';
import { DomainError } from '@mono/contract/errors';
import type { Executor } from '@mono/platform';
import { refusalsOf } from '../domain/workflow.js';
import { insertTasks, updateTasks, type NewTask, type TaskChange } from '../persistence/task-records.js';
import type { TaskRow } from '../persistence/task-row.js';
import { readCounts } from '../persistence/task-reads.js';
import { lockRules } from '../persistence/workflow-records.js';
import { arrivalOf, arrivalOfNew, enters, type Arrival } from './arrival.js';
import { completes, withSubtasks } from './complete-subtasks.js';
import { Entries } from './entries.js';

/**
 * In a transaction that has locked the tasks. Judges them in their order. The rules of a list may be removed while it waits: then the tasks
 * are written without being admitted.
 * @param isAsked whether the caller has named the task. @returns whether a list has rules. @throws DomainError of the first refusal.
 */
async function admit(
  on: Executor,
  { principal }: CallContext,
  arrivals: readonly Arrival[],
  isAsked: (id: string) => boolean = () => true,
): Promise<boolean> {
  const entering = arrivals.filter(enters);
  const rules = await lockRules(on, principal.workspaceId, listsOf(entering));
  if (rules.size === 0) return false;
  const workflows = new Map([...rules].flatMap(([id, { workflow }]) => (workflow ? [[id, workflow]] : [])));
  const entries = await Entries.read(on, principal, workflows, entering);
  for (const arrival of entering) {
    const workflow = workflows.get(arrival.state.list_id);
    const [refusal] = workflow ? refusalsOf(workflow, entries.of(arrival)) : [];
    if (refusal) throw isAsked(arrival.task_id) ? refusal : new SubtaskRefusal(arrival.task_id, refusal);
    entries.move(arrival);
  }
  return true;
}

/** A refusal of a subtask that is completed with its parent. */
export class SubtaskRefusal extends DomainError {
  constructor(id: string, cause: DomainError) {
    const details = Array.isArray(cause.details) ? {} : cause.details;
    super(cause.kind, cause.code, `Subtask ${id}: ${cause.message}`, { task_id: id, ...details }, { cause });
  }
}

export function listsOf(arrivals: readonly Arrival[]): string[] {
  return [...new Set(arrivals.map(({ state }) => state.list_id))];
}

/** As insertTasks, in a transaction, with the tasks that a workflow admits. @throws DomainError of the first that it refuses. */
export async function insertAdmitted(
  on: Executor,
  context: CallContext,
  tasks: readonly NewTask[],
): Promise<TaskRow[]> {
  const rows = await insertTasks(on, context, tasks);
  const rest = without(rows, tasks, ({ id }) => id);
  if (rest.length === 0) return rows;
  const isAdmitted = await admit(on, context, rest.map(arrivalOfNew));
  return [...rows, ...(await insertTasks(on, context, rest, { isAdmitted }))];
}

/**
 * As updateTasks, of tasks that are locked, with the changes that the rules of their lists admit, and with the subtasks that are completed
 * with them. @returns the rows of both. @throws DomainError of the first that is refused.
 */
export async function updateAdmitted(
  on: Executor,
  context: CallContext,
  changes: readonly TaskChange[],
): Promise<TaskRow[]> {
  const rows = await updateTasks(on, context, changes);
  const rest = without(rows, changes, ({ row }) => row.id);
  if (rest.length === 0) return rows;
  const completed = rest.filter(completes).map(arrivalOf);
  const rules = await lockRules(on, context.principal.workspaceId, listsOf(completed));
  const all = await withSubtasks(on, context, rules, rest);
  const asked = new Set(rest.map(({ row }) => row.id));
  const isAdmitted = await admit(on, context, all.map(arrivalOf), (id) => asked.has(id));
  const admitted = await updateTasks(on, context, all, { isAdmitted });
  return [...rows, ...(all.length > rest.length ? await recounted(on, context, admitted) : admitted)];
}

/** After the subtasks of some have been completed. */
async function recounted(on: Executor, { principal }: CallContext, rows: readonly TaskRow[]): Promise<TaskRow[]> {
  const counts = await readCounts(
    on,
    principal.workspaceId,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ ...row, ...counts.get(row.id) }));
}

function without<Item>(rows: readonly TaskRow[], items: readonly Item[], idOf: (item: Item) => string): Item[] {
  if (rows.length === items.length) return [];
  const written = new Set(rows.map(({ id }) => id));
  return items.filter((item) => !written.has(idOf(item)));
}
