// Tasks and titles of lists, requested from the module tasks when a mail is sent.
import type { Bus, CallOptions } from '@mono/bus';
import { MAX_RESOURCES } from '@mono/contract';
import { tasksResources, type List, type Task } from '@mono/tasks/contract';

type Requests = Pick<Bus, 'request'>;
type Options = Pick<CallOptions, 'requestId' | 'signal'>;

/** The limit of one request. */
export const MAX_TASKS = MAX_RESOURCES;

/** @param ids at most MAX_TASKS. @returns those that exist, by id. */
export async function findTasks(
  bus: Requests,
  workspaceId: string,
  ids: readonly string[],
  options: Options,
): Promise<Map<string, Task>> {
  if (ids.length === 0) return new Map();
  const asked = { workspace_id: workspaceId, ids: [...ids], list_ids: null };
  const { items } = await bus.request(tasksResources.taskResources, asked, options);
  return new Map((items as Task[]).map((task) => [task.id, task]));
}

/** @param tasks at most MAX_TASKS. @returns titles by the id of the list. */
export async function findListTitles(
  bus: Requests,
  workspaceId: string,
  tasks: Iterable<Pick<Task, 'list_id'>>,
  options: Options,
): Promise<Map<string, string>> {
  const ids = [...new Set(Array.from(tasks, ({ list_id }) => list_id))];
  if (ids.length === 0) return new Map();
  const asked = { workspace_id: workspaceId, ids, list_ids: null };
  const { items } = await bus.request(tasksResources.listResources, asked, options);
  return new Map((items as List[]).map(({ id, title }) => [id, title]));
}
