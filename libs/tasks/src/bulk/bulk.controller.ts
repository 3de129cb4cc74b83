// Changes all tasks that a filter finds, in one transaction on one of the places of expensive queries.
import { Controller, Inject } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, InputOf } from '@mono/contract';
import { Database, once, Operation, RetryingDatabase, type Executor, type SharingExecutor } from '@mono/platform';
import { taskActionsOperations, type ChangedTasks } from '../../contract/index.js';
import { expensively, FIND_TIME_LIMIT_MS } from '../find-tasks/time-limit.js';
import { Assignees } from '../tasks/assignees.js';
import { FormerMembers } from '../tasks/former-members.js';
import { BulkChanges } from './bulk-changes.js';
import { requireChange } from './plan.js';

@Controller()
export class BulkController {
  /** The limit of the search for the tasks. */
  timeLimitMs = FIND_TIME_LIMIT_MS;

  constructor(
    @Inject(Database) private readonly database: SharingExecutor,
    private readonly signal: OutboxSignal,
    private readonly assignees: Assignees,
    private readonly formerMembers: FormerMembers,
    private readonly bulk: BulkChanges,
  ) {}

  @Operation(taskActionsOperations.changeTasks)
  changeTasks(input: InputOf<typeof taskActionsOperations.changeTasks>, call: CallContext): Promise<ChangedTasks> {
    requireChange(input.change);
    const database = this.placeFor(call);
    const work = (on: Executor): Promise<ChangedTasks> =>
      this.assignees.assigning(on, call, [input.change.patch ?? {}], async (transaction, context) => {
        transaction.afterCommit(() => this.signal.wake());
        return this.bulk.change(transaction, context, input);
      });
    // A stored answer is not shown to a caller who has been limited since.
    const asked = { ...input, list_ids: call.principal.listIds ?? null };
    return this.formerMembers.settled(call.requestId, () =>
      input.dry_run
        ? database.transaction(work)
        : once(database, taskActionsOperations.changeTasks, call, asked, work, { atomic: true }),
    );
  }

  /** Transactions of the caller, which wait for the turn of the workspace and end with the call. */
  private placeFor(context: CallContext): RetryingDatabase {
    const { database, timeLimitMs: limitMs } = this;
    return new RetryingDatabase({
      query: (statement, values) => database.query(statement, values),
      afterCommit: (work) => database.afterCommit(work),
      transaction: (work) => expensively(database, { kind: 'bulk', context, limitMs }, work),
    });
  }
}
