// The module's API where the module does not run: each method is its request.
import type { Bus } from '@mono/bus';
import type { CallContext, Replayable } from '@mono/contract';
import { callOptionsOf, replayed } from '@mono/platform';
import type { BatchResults, BatchTasks } from './batch.js';
import type { CreateList, DeleteListQuery, List, ListPage, ListPatch, ListQuery, ListReplacement } from './list.js';
import { tasksRequests } from './requests.js';
import type { MergeTag, TagChange, TagPage, TagPatch, TagQuery } from './tag.js';
import type { CreateTask, Task, TaskPatch, TaskReplacement } from './task.js';
import type { ListTasksQuery, TaskPage, TaskQuery } from './task-query.js';
import { TasksApi } from './tasks-api.js';

export class TasksBusClient extends TasksApi {
  constructor(private readonly bus: Bus) {
    super();
  }

  createList(context: CallContext, input: CreateList): Promise<Replayable<List>> {
    return replayed(this.bus.exchange(tasksRequests.createList, input, callOptionsOf(context)));
  }

  findLists(context: CallContext, query: ListQuery): Promise<ListPage> {
    return this.bus.request(tasksRequests.findLists, query, callOptionsOf(context));
  }

  getList(context: CallContext, id: string): Promise<List> {
    return this.bus.request(tasksRequests.getList, { id }, callOptionsOf(context));
  }

  updateList(context: CallContext, id: string, patch: ListPatch): Promise<List> {
    return this.bus.request(tasksRequests.updateList, { id, patch }, callOptionsOf(context));
  }

  replaceList(context: CallContext, id: string, replacement: ListReplacement): Promise<List> {
    return this.bus.request(tasksRequests.replaceList, Object.assign({ id }, replacement), callOptionsOf(context));
  }

  deleteList(context: CallContext, id: string, query: DeleteListQuery): Promise<void> {
    return this.bus.request(tasksRequests.deleteList, Object.assign({ id }, query), callOptionsOf(context));
  }

  findTasksOfList(context: CallContext, listId: string, query: ListTasksQuery): Promise<TaskPage> {
    return this.bus.request(
      tasksRequests.findTasksOfList,
      Object.assign({ id: listId }, query),
      callOptionsOf(context),
    );
  }

  createTask(context: CallContext, input: CreateTask): Promise<Replayable<Task>> {
    return replayed(this.bus.exchange(tasksRequests.createTask, input, callOptionsOf(context)));
  }

  findTasks(context: CallContext, query: TaskQuery): Promise<TaskPage> {
    return this.bus.request(tasksRequests.findTasks, query, callOptionsOf(context));
  }

  getTask(context: CallContext, id: string): Promise<Task> {
    return this.bus.request(tasksRequests.getTask, { id }, callOptionsOf(context));
  }

  updateTask(context: CallContext, id: string, patch: TaskPatch): Promise<Task> {
    return this.bus.request(tasksRequests.updateTask, { id, patch }, callOptionsOf(context));
  }

  replaceTask(context: CallContext, id: string, replacement: TaskReplacement): Promise<Task> {
    return this.bus.request(tasksRequests.replaceTask, Object.assign({ id }, replacement), callOptionsOf(context));
  }

  deleteTask(context: CallContext, id: string): Promise<void> {
    return this.bus.request(tasksRequests.deleteTask, { id }, callOptionsOf(context));
  }

  batchTasks(context: CallContext, batch: BatchTasks): Promise<Replayable<BatchResults>> {
    return replayed(this.bus.exchange(tasksRequests.batchTasks, batch, callOptionsOf(context)));
  }

  findTags(context: CallContext, query: TagQuery): Promise<TagPage> {
    return this.bus.request(tasksRequests.findTags, query, callOptionsOf(context));
  }

  renameTag(context: CallContext, name: string, patch: TagPatch): Promise<TagChange> {
    return this.bus.request(tasksRequests.renameTag, { name, patch }, callOptionsOf(context));
  }

  mergeTag(context: CallContext, name: string, { into }: MergeTag): Promise<Replayable<TagChange>> {
    return replayed(this.bus.exchange(tasksRequests.mergeTag, { name, into }, callOptionsOf(context)));
  }
}
