// Admits tasks to statuses of lists that have a workflow. The statements that write tasks leave out those that enter such a list
// and were not admitted, so that no write bypasses a workflow that was set a moment ago.
import type { CallContext } from '@mono/contract';
import type { Executor } from '@mono/platform';
import { refusalsOf } from '../domain/workflow.js';
import { insertTasks, updateTasks, type NewTask, type TaskChange } from '../persistence/task-records.js';
import type { TaskRow } from '../persistence/task-row.js';
import { lockWorkflows } from '../persistence/workflow-records.js';
import { arrivalOf, arrivalOfNew, enters, type Arrival } from './arrival.js';
import { Entries } from './entries.js';

/**
 * In a transaction that has locked the tasks. Judges them in their order. A workflow may be removed while it waits: then the tasks are
 * written without being admitted.
 * @returns whether a list has a workflow. @throws DomainError of the first refusal.
 */
async function admit(on: Executor, { principal }: CallContext, arrivals: readonly Arrival[]): Promise<boolean> {
  const entering = arrivals.filter(enters);
  const lists = [...new Set(entering.map(({ state }) => state.list_id))];
  const workflows = lists.length === 0 ? new Map() : await lockWorkflows(on, principal.workspaceId, lists);
  if (workflows.size === 0) return false;
  const entries = await Entries.read(on, principal, workflows, entering);
  for (const arrival of entering) {
    const workflow = workflows.get(arrival.state.list_id);
    const [refusal] = workflow ? refusalsOf(workflow, entries.of(arrival)) : [];
    if (refusal) throw refusal;
    entries.move(arrival);
  }
  return true;
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

/** As updateTasks, of tasks that are locked, with the changes that a workflow admits. @throws DomainError of the first that it refuses. */
export async function updateAdmitted(
  on: Executor,
  context: CallContext,
  changes: readonly TaskChange[],
): Promise<TaskRow[]> {
  const rows = await updateTasks(on, context, changes);
  const rest = without(rows, changes, ({ row }) => row.id);
  if (rest.length === 0) return rows;
  const isAdmitted = await admit(on, context, rest.map(arrivalOf));
  return [...rows, ...(await updateTasks(on, context, rest, { isAdmitted }))];
}

function without<Item>(rows: readonly TaskRow[], items: readonly Item[], idOf: (item: Item) => string): Item[] {
  if (rows.length === items.length) return [];
  const written = new Set(rows.map(({ id }) => id));
  return items.filter((item) => !written.has(idOf(item)));
}
