// The module's API: what controllers, bus handlers and other modules call. Implemented by the use cases themselves and,
// where the module does not run, by a client over the bus.
import type { CallContext, Replayable } from '@mono/contract';
import type { BatchResults, BatchTasks } from './batch.js';
import type { CreateList, DeleteListQuery, List, ListPage, ListPatch, ListQuery, ListReplacement } from './list.js';
import type { MergeTag, TagChange, TagPage, TagPatch, TagQuery } from './tag.js';
import type { CreateTask, Task, TaskPatch, TaskReplacement } from './task.js';
import type { ListTasksQuery, TaskPage, TaskQuery } from './task-query.js';

/** Every method throws DomainError with the codes of ./errors.ts; `context.expectedVersion` guards every change of one resource. */
export abstract class TasksApi {
  abstract createList(context: CallContext, input: CreateList): Promise<Replayable<List>>;
  abstract findLists(context: CallContext, query: ListQuery): Promise<ListPage>;
  abstract getList(context: CallContext, id: string): Promise<List>;
  abstract updateList(context: CallContext, id: string, patch: ListPatch): Promise<List>;
  abstract replaceList(context: CallContext, id: string, replacement: ListReplacement): Promise<List>;
  abstract deleteList(context: CallContext, id: string, query: DeleteListQuery): Promise<void>;
  abstract findTasksOfList(context: CallContext, listId: string, query: ListTasksQuery): Promise<TaskPage>;

  abstract createTask(context: CallContext, input: CreateTask): Promise<Replayable<Task>>;
  abstract findTasks(context: CallContext, query: TaskQuery): Promise<TaskPage>;
  abstract getTask(context: CallContext, id: string): Promise<Task>;
  abstract updateTask(context: CallContext, id: string, patch: TaskPatch): Promise<Task>;
  abstract replaceTask(context: CallContext, id: string, replacement: TaskReplacement): Promise<Task>;
  /** Deletes its subtasks as well. */
  abstract deleteTask(context: CallContext, id: string): Promise<void>;
  abstract batchTasks(context: CallContext, batch: BatchTasks): Promise<Replayable<BatchResults>>;

  abstract findTags(context: CallContext, query: TagQuery): Promise<TagPage>;
  abstract renameTag(context: CallContext, name: string, patch: TagPatch): Promise<TagChange>;
  abstract mergeTag(context: CallContext, name: string, merge: MergeTag): Promise<Replayable<TagChange>>;
}
