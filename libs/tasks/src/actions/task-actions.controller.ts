// The use cases of actions on tasks. Each is a change or a creation, under a name of its own.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import type { CallContext, InputOf } from '@mono/contract';
import { once, Operation, RetryingDatabase, type Executor } from '@mono/platform';
import { taskActionsOperations, type Task } from '../../contract/index.js';
import { Inbox } from '../lists/inbox.js';
import { toTask, type TaskRow } from '../persistence/task-row.js';
import { warnOfBlockers } from '../relations/open-blockers.js';
import { Assignees, type AssigningContext } from '../tasks/assignees.js';
import { changeTask } from '../tasks/change-task.js';
import { namingHolder } from '../tasks/duplicate-title.js';
import { FormerMembers } from '../tasks/former-members.js';
import { duplicateTask, readOriginal } from './duplicate-task.js';
import { moveTask } from './move-task.js';
import { reopenTask } from './reopen-task.js';

@Controller()
export class TaskActionsController {
  constructor(
    private readonly writes: RetryingDatabase,
    private readonly signal: OutboxSignal,
    private readonly assignees: Assignees,
    private readonly formerMembers: FormerMembers,
    private readonly inbox: Inbox,
  ) {}

  @Operation(taskActionsOperations.completeTask)
  async completeTask({ id }: InputOf<typeof taskActionsOperations.completeTask>, call: CallContext): Promise<Task> {
    const task = await this.change(call, (on, context) => changeTask(on, context, id, { status: 'done' }));
    await warnOfBlockers(this.writes, call.principal, [task]);
    return task;
  }

  @Operation(taskActionsOperations.reopenTask)
  reopenTask({ id }: InputOf<typeof taskActionsOperations.reopenTask>, call: CallContext): Promise<Task> {
    return this.change(call, (on, context) => reopenTask(on, context, id));
  }

  @Operation(taskActionsOperations.moveTask)
  moveTask({ id, ...to }: InputOf<typeof taskActionsOperations.moveTask>, call: CallContext): Promise<Task> {
    return this.change(call, (on, context) => moveTask(on, context, id, to));
  }

  @Operation(taskActionsOperations.duplicateTask)
  duplicateTask(input: InputOf<typeof taskActionsOperations.duplicateTask>, call: CallContext): Promise<Task> {
    // A stored answer is not shown to a caller who has been limited since.
    const asked = { ...input, list_ids: call.principal.listIds ?? null };
    return this.settled(call, () =>
      once(this.writes, taskActionsOperations.duplicateTask, call, asked, async (on) => {
        const original = await readOriginal(on, call, input);
        const row = await this.assignees.assigning(on, call, original.rows, (transaction, context) =>
          duplicateTask(transaction, context, original, input, this.inbox),
        );
        on.afterCommit(() => this.signal.wake());
        return toTask(row);
      }),
    );
  }

  private async change(
    call: CallContext,
    work: (on: Executor, context: AssigningContext) => Promise<TaskRow>,
  ): Promise<Task> {
    const row = await this.settled(call, () => this.assignees.assigning(this.writes, call, [], work));
    this.signal.wake();
    return toTask(row);
  }

  private settled<T>(call: CallContext, work: () => Promise<T>): Promise<T> {
    return namingHolder(this.writes, call, () => this.formerMembers.settled(call.requestId, work));
  }
}
