// Why a task with open subtasks cannot be completed now, for those who only ask.
import type { Principal } from '@mono/contract';
import { DomainError } from '@mono/contract/errors';
import type { Executor } from '@mono/platform';
import { MAX_COMPLETED_SUBTASKS, type OnCompleteWithSubtasks } from '../../contract/task-constants.js';
import { NO_WORKFLOW, refusalsOf, type WorkflowRules } from '../domain/workflow.js';
import { findOpenSubtasks, type OpenSubtask } from '../persistence/open-subtasks.js';
import { readTrees, stateOf } from '../persistence/task-reads.js';
import type { TaskRow } from '../persistence/task-row.js';
import { readWorkflow } from '../persistence/workflow-records.js';
import { listsOf, SubtaskRefusal } from './admit.js';
import { arrivalOf, type Arrival } from './arrival.js';
import { MAX_NAMED_SUBTASKS, openSubtasks, uncompletable } from './complete-subtasks.js';
import { Entries } from './entries.js';

/** @returns all reasons; undefined where the ruling of the list on subtasks does not matter. */
export async function againstCompletion(
  on: Executor,
  principal: Principal,
  row: TaskRow,
  ruling: OnCompleteWithSubtasks,
): Promise<DomainError[] | undefined> {
  if (ruling === 'leave' || row.status === 'done') return undefined;
  const limit = ruling === 'refuse' ? MAX_NAMED_SUBTASKS : MAX_COMPLETED_SUBTASKS + 1;
  const found = await findOpenSubtasks(on, principal.workspaceId, [row.id], limit);
  if (found.length === 0) return undefined;
  const refusal = ruling === 'refuse' ? openSubtasks(principal, found) : uncompletable(principal, found);
  if (refusal) return [refusal, ...(await judge(on, principal, [completion(row)]))];
  return judge(on, principal, [...(await completionsOf(on, principal, row, found)), completion(row)]);
}

function completion(row: TaskRow): Arrival {
  return arrivalOf({ row, state: { ...stateOf(row), status: 'done' } });
}

async function completionsOf(
  on: Executor,
  { workspaceId }: Principal,
  { id }: TaskRow,
  found: readonly OpenSubtask[],
): Promise<Arrival[]> {
  const rows = new Map((await readTrees(on, { workspaceId }, [id], false)).map((row) => [row.id, row]));
  return found.flatMap((one) => {
    const row = rows.get(one.id);
    return row ? [completion(row)] : [];
  });
}

/** As if each entered after those before it. */
async function judge(on: Executor, principal: Principal, arrivals: readonly Arrival[]): Promise<DomainError[]> {
  const workflows = new Map<string, WorkflowRules>();
  for (const id of listsOf(arrivals)) {
    const rules = await readWorkflow(on, principal.workspaceId, id);
    workflows.set(id, rules?.workflow ?? NO_WORKFLOW);
  }
  const entries = await Entries.read(on, principal, workflows, arrivals);
  const last = arrivals.length - 1;
  return arrivals.flatMap((arrival, index) => {
    const refusals = refusalsOf(workflows.get(arrival.state.list_id) ?? NO_WORKFLOW, entries.of(arrival));
    entries.move(arrival);
    return index === last ? refusals : refusals.map((refusal) => new SubtaskRefusal(arrival.task_id, refusal));
  });
}
