// The use cases of tasks.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import { requireRights, type CallContext, type InputOf } from '@mono/contract';
import { Database, once, Operation, RetryingDatabase, type Executor } from '@mono/platform';
import { tasksErrors, tasksOperations, type BatchResults, type Task, type TaskPage } from '../../contract/index.js';
import { BatchOperations } from '../batch/batch-tasks.js';
import { countAgain } from '../batch/count-again.js';
import { FindTasks } from '../find-tasks/find-tasks.js';
import { ReadFilter } from '../find-tasks/read-filter.js';
import { Includes } from '../includes/includes.js';
import { Inbox } from '../lists/inbox.js';
import { inTransaction } from '../persistence/in-transaction.js';
import { readTask } from '../persistence/task-reads.js';
import { toTask, type TaskRow } from '../persistence/task-row.js';
import { warnOfBlockers } from '../relations/open-blockers.js';
import { Assignees, type AssigningContext } from './assignees.js';
import { changeTask, fieldsOfReplacement, type Fields } from './change-task.js';
import { createTask } from './create-task.js';
import { deleteTask } from './delete-task.js';
import { namingHolder } from './duplicate-title.js';
import { FormerMembers } from './former-members.js';

@Controller()
export class TasksController {
  constructor(
    private readonly database: Database,
    private readonly writes: RetryingDatabase,
    private readonly signal: OutboxSignal,
    private readonly assignees: Assignees,
    private readonly formerMembers: FormerMembers,
    private readonly inbox: Inbox,
    private readonly batch: BatchOperations,
    private readonly finder: FindTasks,
    private readonly filters: ReadFilter,
    private readonly includes: Includes,
  ) {}

  @Operation(tasksOperations.createTask)
  createTask(input: InputOf<typeof tasksOperations.createTask>, call: CallContext): Promise<Task> {
    const create = (on: Executor, assigning: AssigningContext): Promise<TaskRow> =>
      createTask(on, assigning, input, this.inbox);
    return this.settled(call, () =>
      once(this.writes, tasksOperations.createTask, call, within(call, input), async (on) => {
        const row = await this.assignees.assigning(on, call, [input], create);
        on.afterCommit(() => this.signal.wake());
        return toTask(row);
      }),
    );
  }

  @Operation(tasksOperations.findTasks)
  findTasks(query: InputOf<typeof tasksOperations.findTasks>, call: CallContext): Promise<TaskPage> {
    return this.includes.page(call, query, async () =>
      this.finder.findTasks(call, query, await this.filters.of(call, query)),
    );
  }

  @Operation(tasksOperations.getTask)
  async getTask({ id, include }: InputOf<typeof tasksOperations.getTask>, call: CallContext): Promise<Task> {
    const row = await readTask(this.database, call.principal, id);
    if (!row) throw tasksErrors.task_not_found({ id });
    return this.includes.task(call, { include }, toTask(row));
  }

  @Operation(tasksOperations.updateTask)
  updateTask({ id, patch }: InputOf<typeof tasksOperations.updateTask>, call: CallContext): Promise<Task> {
    return this.change(call, id, patch);
  }

  @Operation(tasksOperations.replaceTask)
  replaceTask({ id, ...fields }: InputOf<typeof tasksOperations.replaceTask>, call: CallContext): Promise<Task> {
    return this.change(call, id, fieldsOfReplacement(fields));
  }

  @Operation(tasksOperations.deleteTask)
  async deleteTask({ id, permanent }: InputOf<typeof tasksOperations.deleteTask>, call: CallContext): Promise<void> {
    const isPermanent = permanent === 'true';
    if (isPermanent) requireRights(call.principal, { scope: 'admin' });
    await deleteTask(this.writes, call, id, { permanent: isPermanent });
    this.signal.wake();
  }

  @Operation(tasksOperations.batchTasks)
  batchTasks(batch: InputOf<typeof tasksOperations.batchTasks>, call: CallContext): Promise<BatchResults> {
    const inputs = batch.operations.map(({ task, patch }) => task ?? patch ?? {});
    const run = (on: Executor, assigning: AssigningContext): Promise<BatchResults> =>
      inTransaction(on, async (transaction) => {
        const results = await this.batch.run(transaction, assigning, batch);
        await countAgain(transaction, call.principal, batch.operations, results);
        transaction.afterCommit(() => this.signal.wake());
        return { results };
      });
    return this.settled(call, () =>
      once(this.writes, tasksOperations.batchTasks, call, within(call, batch), (on) =>
        this.assignees.assigning(on, call, inputs, run),
      ),
    );
  }

  private async change(call: CallContext, id: string, fields: Fields): Promise<Task> {
    const change = (on: Executor, assigning: AssigningContext): Promise<TaskRow> =>
      changeTask(on, assigning, id, fields);
    const row = await this.settled(call, () => this.assignees.assigning(this.writes, call, [fields], change));
    this.signal.wake();
    const task = toTask(row);
    if (fields.status === 'done') await warnOfBlockers(this.database, call.principal, [task]);
    return task;
  }

  private settled<T>(call: CallContext, work: () => Promise<T>): Promise<T> {
    return namingHolder(this.writes, call, () => this.formerMembers.settled(call.requestId, work));
  }
}

/** What decides about a repeat: a stored answer is not shown to a caller who has been limited since. */
function within({ principal }: CallContext, input: object): object {
  return principal.listIds === undefined ? input : { input, list_ids: principal.listIds };
}
