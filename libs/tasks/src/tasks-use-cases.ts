// The module's API as it runs here: each call goes to its use case.
import { NotFoundError, type CallContext, type Replayable } from '@mono/contract';
import { idempotently, type Database, type Executor, type TransactionalExecutor } from '@mono/platform';
import type { MembersApi } from '@mono/auth/contract';
import type { OutboxSignal } from '@mono/bus/outbox';
import {
  TasksApi,
  type BatchResults,
  type BatchTasks,
  type CreateList,
  type CreateTask,
  type DeleteListQuery,
  type List,
  type ListPage,
  type ListPatch,
  type ListQuery,
  type ListReplacement,
  type ListTasksQuery,
  type MergeTag,
  type TagChange,
  type TagPage,
  type TagPatch,
  type TagQuery,
  type Task,
  type TaskPage,
  type TaskPatch,
  type TaskQuery,
  type TaskReplacement,
} from '../contract/index.js';
import { BatchOperations } from './batch/batch-tasks.js';
import { FindTags } from './find-tasks/find-tags.js';
import { FindTasks } from './find-tasks/find-tasks.js';
import { EmptyList } from './lists/empty-list.js';
import { FindLists } from './lists/find-lists.js';
import { Inbox } from './lists/inbox.js';
import { Lists } from './lists/lists.js';
import { inTransaction } from './persistence/in-transaction.js';
import { retryDeadlocks } from './persistence/retry-deadlocks.js';
import { demandWholeWorkspace } from './domain/reach.js';
import { readTask } from './persistence/task-reads.js';
import { toTask, type TaskRow } from './persistence/task-row.js';
import { mergeTag, renameTag } from './tags/change-tag.js';
import { Assignees, type AssigningContext } from './tasks/assignees.js';
import { changeTask, fieldsOfPatch, fieldsOfReplacement, type Fields } from './tasks/change-task.js';
import { createTask } from './tasks/create-task.js';
import { deleteTask } from './tasks/delete-task.js';
import { leaversOf, type Leavers } from './tasks/unassign-leavers.js';

const TAGS = 'a tag is changed wherever it stands';

export class TasksUseCases extends TasksApi {
  private readonly writes: TransactionalExecutor;
  private readonly inbox = new Inbox();
  private readonly lists: Lists;
  private readonly listFinder: FindLists;
  private readonly taskFinder: FindTasks;
  private readonly tagFinder: FindTags;
  private readonly assignees: Assignees;
  private readonly leavers: Leavers;
  private readonly batch = new BatchOperations(this.inbox);

  constructor(
    private readonly database: Database,
    private readonly signal: OutboxSignal,
    members: Pick<MembersApi, 'memberships'>,
  ) {
    super();
    this.leavers = leaversOf(database, signal, members);
    this.writes = retryDeadlocks(database);
    this.lists = new Lists(this.writes, new EmptyList(), signal);
    this.listFinder = new FindLists(database);
    this.taskFinder = new FindTasks(database);
    this.tagFinder = new FindTags(database);
    this.assignees = new Assignees(members);
  }

  createList(context: CallContext, input: CreateList): Promise<Replayable<List>> {
    return this.lists.create(context, input);
  }

  findLists(context: CallContext, query: ListQuery): Promise<ListPage> {
    return this.listFinder.find(context, query);
  }

  getList(context: CallContext, id: string): Promise<List> {
    return this.lists.get(context, id);
  }

  updateList(context: CallContext, id: string, patch: ListPatch): Promise<List> {
    return this.lists.change(context, id, patch, false);
  }

  replaceList(context: CallContext, id: string, replacement: ListReplacement): Promise<List> {
    return this.lists.change(context, id, replacement, true);
  }

  deleteList(context: CallContext, id: string, query: DeleteListQuery): Promise<void> {
    return this.lists.delete(context, id, query);
  }

  findTasksOfList(context: CallContext, listId: string, query: ListTasksQuery): Promise<TaskPage> {
    return this.taskFinder.findTasksOfList(context, listId, query);
  }

  async createTask(context: CallContext, input: CreateTask): Promise<Replayable<Task>> {
    const create = (on: Executor, assigning: AssigningContext): Promise<TaskRow> =>
      createTask(on, assigning, input, this.inbox);
    return this.leavers.settled(context.requestId, () =>
      idempotently(this.writes, context, 'tasks.create_task', within(context, input), async (on) => {
        const row = await this.assignees.assigning(on, context, [input], create);
        on.afterCommit(() => this.signal.wake());
        return toTask(row);
      }),
    );
  }

  findTasks(context: CallContext, query: TaskQuery): Promise<TaskPage> {
    return this.taskFinder.findTasks(context, query);
  }

  async getTask(context: CallContext, id: string): Promise<Task> {
    const row = await readTask(this.database, context.principal, id);
    if (!row) throw new NotFoundError('task', id);
    return toTask(row);
  }

  async updateTask(context: CallContext, id: string, patch: TaskPatch): Promise<Task> {
    return this.change(context, id, fieldsOfPatch(patch));
  }

  replaceTask(context: CallContext, id: string, replacement: TaskReplacement): Promise<Task> {
    return this.change(context, id, fieldsOfReplacement(replacement));
  }

  async deleteTask(context: CallContext, id: string): Promise<void> {
    await deleteTask(this.writes, context, id);
    this.signal.wake();
  }

  batchTasks(context: CallContext, batch: BatchTasks): Promise<Replayable<BatchResults>> {
    const inputs = batch.operations.map(({ task, patch }) => task ?? patch ?? {});
    const run = (on: Executor, assigning: AssigningContext): Promise<BatchResults> =>
      inTransaction(on, async (transaction) => {
        const results = await this.batch.run(transaction, assigning, batch);
        transaction.afterCommit(() => this.signal.wake());
        return { results };
      });
    return this.leavers.settled(context.requestId, () =>
      idempotently(this.writes, context, 'tasks.batch_tasks', within(context, batch), (on) =>
        this.assignees.assigning(on, context, inputs, run),
      ),
    );
  }

  findTags(context: CallContext, query: TagQuery): Promise<TagPage> {
    return this.tagFinder.findTags(context, query);
  }

  async renameTag(context: CallContext, name: string, patch: TagPatch): Promise<TagChange> {
    demandWholeWorkspace(context.principal, TAGS);
    return this.writes.transaction(async (on) => {
      on.afterCommit(() => this.signal.wake());
      return renameTag(on, context, name, patch.name);
    });
  }

  async mergeTag(context: CallContext, name: string, merge: MergeTag): Promise<Replayable<TagChange>> {
    demandWholeWorkspace(context.principal, TAGS);
    return idempotently(this.writes, context, 'tasks.merge_tag', { name, into: merge.into }, (on) =>
      inTransaction(on, async (transaction) => {
        transaction.afterCommit(() => this.signal.wake());
        return mergeTag(transaction, context, name, merge.into);
      }),
    );
  }

  private async change(context: CallContext, id: string, fields: Fields): Promise<Task> {
    const change = (on: Executor, assigning: AssigningContext): Promise<TaskRow> =>
      changeTask(on, assigning, id, fields);
    const row = await this.leavers.settled(context.requestId, () =>
      this.assignees.assigning(this.writes, context, [fields], change),
    );
    this.signal.wake();
    return toTask(row);
  }
}

/** What decides about a repeat: a stored answer is not shown to a caller who has been limited since. */
function within({ principal }: CallContext, input: object): object {
  return principal.listIds === undefined ? input : { input, list_ids: principal.listIds };
}
