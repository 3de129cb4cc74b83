// The use cases of workflows.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { requireVersion, type CallContext, type InputOf } from '@mono/contract';
import { Database, Operation, RetryingDatabase, type Executor } from '@mono/platform';
import {
  tasksErrors,
  TASK_STATUSES,
  workflowOperations,
  type PossibleTransitions,
  type ReplacedWorkflow,
  type Workflow,
} from '../../contract/index.js';
import { requireReach } from '../domain/reach.js';
import { completeWorkflow, isEmpty, NO_WORKFLOW, refusalsOf } from '../domain/workflow.js';
import { lockList } from '../persistence/list-records.js';
import { readTask, stateOf } from '../persistence/task-reads.js';
import { readWorkflow, saveWorkflow, type WorkflowRow } from '../persistence/workflow-records.js';
import { arrivalOf } from './arrival.js';
import { againstCompletion } from './against-completion.js';
import { Entries } from './entries.js';
import { findUnfitTasks } from './unfit-tasks.js';

@Controller()
export class WorkflowController {
  constructor(
    private readonly database: Database,
    private readonly writes: RetryingDatabase,
    private readonly signal: OutboxSignal,
  ) {}

  @Operation(workflowOperations.getWorkflow)
  async getWorkflow({ id }: InputOf<typeof workflowOperations.getWorkflow>, call: CallContext): Promise<Workflow> {
    const { workflow, version } = await requireList(this.database, call, id);
    return { ...(workflow ?? NO_WORKFLOW), version };
  }

  @Operation(workflowOperations.replaceWorkflow)
  replaceWorkflow(
    { id, dry_run = false, ...input }: InputOf<typeof workflowOperations.replaceWorkflow>,
    call: CallContext,
  ): Promise<ReplacedWorkflow> {
    const rules = completeWorkflow(input);
    return this.writes.transaction(async (on) => {
      // A task enters a status of the list either before this or after it.
      await lockList(on, call.principal.workspaceId, id);
      const row = await requireList(on, call, id);
      requireVersion(call, row);
      const version = dry_run ? row.version : await this.save(on, call, id, row, isEmpty(rules) ? null : rules);
      return { ...rules, version, unfit_tasks: await findUnfitTasks(on, call, id, rules) };
    });
  }

  @Operation(workflowOperations.getTransitions)
  async getTransitions(
    { id }: InputOf<typeof workflowOperations.getTransitions>,
    { principal }: CallContext,
  ): Promise<PossibleTransitions> {
    const row = await readTask(this.database, principal, id);
    if (!row) throw tasksErrors.task_not_found({ id });
    const rules = await readWorkflow(this.database, principal.workspaceId, row.list_id);
    const workflow = rules?.workflow ?? NO_WORKFLOW;
    const others = TASK_STATUSES.filter((status) => status !== row.status);
    const arrivals = others.map((status) => arrivalOf({ row, state: { ...stateOf(row), status } }));
    const entries = await Entries.read(this.database, principal, new Map([[row.list_id, workflow]]), arrivals);
    const ruling = rules?.on_complete_with_subtasks ?? 'leave';
    const completion = await againstCompletion(this.database, principal, row, ruling);
    const items = arrivals.map((arrival) => {
      const { status: to } = arrival.state;
      const refusals = (to === 'done' && completion) || refusalsOf(workflow, entries.of(arrival));
      return {
        to,
        allowed: refusals.length === 0,
        refusals: refusals.map(({ code, message, details = {} }) => ({ code, message, details })),
      };
    });
    return { from: row.status, items };
  }

  /** @returns the version of the list. */
  private async save(
    on: Executor,
    call: CallContext,
    id: string,
    { workflow: from, version }: WorkflowRow,
    to: WorkflowRow['workflow'],
  ): Promise<number> {
    if (JSON.stringify(from) === JSON.stringify(to)) return version;
    on.afterCommit(() => this.signal.wake());
    return saveWorkflow(on, call, id, from, to);
  }
}

async function requireList(on: Executor, { principal }: CallContext, id: string): Promise<WorkflowRow> {
  requireReach(principal, id);
  const row = await readWorkflow(on, principal.workspaceId, id);
  if (!row) throw tasksErrors.list_not_found({ id });
  return row;
}
