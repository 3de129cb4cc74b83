// Every use case of this module as a request: `services.tasks.<name>` among nodes, `api.tasks.<name>` for outside clients.
// Path, query and body are one object by their REST names; a change is {id, patch}.
import { defineRequest, type Contract, type RequestContract } from '@mono/bus';
import { ObjectField, TextField, UuidField } from '@mono/contract';
import { exposed } from '@mono/platform';
import { BatchResults, BatchTasks } from './batch.js';
import {
  CreateList,
  DeleteListQuery,
  List,
  listEntityTag,
  ListPage,
  ListPatch,
  ListQuery,
  ListReplacement,
} from './list.js';
import { MergeTag, TagChange, TagPage, TagPatch, TagQuery } from './tag.js';
import { CreateTask, Task, taskEntityTag, TaskPatch, TaskReplacement } from './task.js';
import { ListTasksQuery, TaskPage, TaskQuery } from './task-query.js';
import { MAX_TAG_CHARACTERS } from './words.js';

const module = 'tasks';
/** Longer than any statement may take. */
const TIMEOUT_MS = 15_000;
const BATCH_TIMEOUT_MS = 60_000;
/**
 * Longer than a turn in the queue of expensive queries, a page and a count may take. Many may wait in that queue, which is fair
 * among workspaces; the queue of a handler is not.
 */
const FINDING = { timeoutMs: 25_000, concurrency: 512 };

const list = { description: 'The list.' };
const task = { description: 'The task.' };
const tag = { description: 'The tag.', min: 1, max: MAX_TAG_CHARACTERS };

export class ListId {
  @UuidField(list)
  id: string;
}

export class UpdateList extends ListId {
  @ObjectField(() => ListPatch, { description: 'A merge patch.' })
  patch: ListPatch;
}

export class ReplaceList extends ListReplacement {
  @UuidField(list)
  id: string;
}

export class DeleteList extends DeleteListQuery {
  @UuidField(list)
  id: string;
}

export class FindTasksOfList extends ListTasksQuery {
  @UuidField(list)
  id: string;
}

export class TaskId {
  @UuidField(task)
  id: string;
}

export class UpdateTask extends TaskId {
  @ObjectField(() => TaskPatch, { description: 'A merge patch.' })
  patch: TaskPatch;
}

export class ReplaceTask extends TaskReplacement {
  @UuidField(task)
  id: string;
}

export class RenameTag {
  @TextField(tag)
  name: string;

  @ObjectField(() => TagPatch, { description: 'A merge patch.' })
  patch: TagPatch;
}

export class MergeTagInto extends MergeTag {
  @TextField(tag)
  name: string;
}

type Shape<Request, Reply> = {
  name: string;
  request: new () => Request;
  reply?: new () => Reply;
  timeoutMs?: number;
  concurrency?: number;
};

function reads<Request, Reply>(
  shape: Shape<Request, Reply>,
  entityTag?: (reply: Reply) => string,
): RequestContract<Request, Reply> {
  const exposure = exposed({ scope: 'tasks:read', ...(entityTag && { entityTag }) });
  return defineRequest({ module, timeoutMs: TIMEOUT_MS, ...shape, ...exposure, idempotent: true });
}

function makes<Request, Reply>(
  shape: Shape<Request, Reply>,
  entityTag?: (reply: Reply) => string,
  timeoutMs = TIMEOUT_MS,
): RequestContract<Request, Reply> {
  const exposure = exposed({ scope: 'tasks:write', replayable: true, ...(entityTag && { entityTag }) });
  return defineRequest({ module, ...shape, ...exposure, timeoutMs });
}

function changes<Request, Reply = void>(
  shape: Shape<Request, Reply>,
  entityTag?: (reply: Reply) => string,
): RequestContract<Request, Reply> {
  const exposure = exposed({ scope: 'tasks:write', guarded: true, ...(entityTag && { entityTag }) });
  return defineRequest({ module, ...shape, ...exposure, timeoutMs: TIMEOUT_MS });
}

export const tasksRequests = {
  createList: makes({ name: 'create_list', request: CreateList, reply: List }, listEntityTag),
  findLists: reads({ name: 'find_lists', request: ListQuery, reply: ListPage }),
  getList: reads({ name: 'get_list', request: ListId, reply: List }, listEntityTag),
  updateList: changes({ name: 'update_list', request: UpdateList, reply: List }, listEntityTag),
  replaceList: changes({ name: 'replace_list', request: ReplaceList, reply: List }, listEntityTag),
  deleteList: changes<DeleteList>({ name: 'delete_list', request: DeleteList }),
  findTasksOfList: reads({ name: 'find_tasks_of_list', request: FindTasksOfList, reply: TaskPage, ...FINDING }),
  createTask: makes({ name: 'create_task', request: CreateTask, reply: Task }, taskEntityTag),
  findTasks: reads({ name: 'find_tasks', request: TaskQuery, reply: TaskPage, ...FINDING }),
  getTask: reads({ name: 'get_task', request: TaskId, reply: Task }, taskEntityTag),
  updateTask: changes({ name: 'update_task', request: UpdateTask, reply: Task }, taskEntityTag),
  replaceTask: changes({ name: 'replace_task', request: ReplaceTask, reply: Task }, taskEntityTag),
  deleteTask: changes<TaskId>({ name: 'delete_task', request: TaskId }),
  batchTasks: makes({ name: 'batch_tasks', request: BatchTasks, reply: BatchResults }, undefined, BATCH_TIMEOUT_MS),
  findTags: reads({ name: 'find_tags', request: TagQuery, reply: TagPage, ...FINDING }),
  renameTag: changes({ name: 'rename_tag', request: RenameTag, reply: TagChange }),
  mergeTag: makes({ name: 'merge_tag', request: MergeTagInto, reply: TagChange }),
} as const;

export const tasksContracts: readonly Contract[] = Object.values(tasksRequests);
