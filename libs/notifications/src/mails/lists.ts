// Titles of lists, requested from tasks when a mail is sent.
import type { Bus, CallOptions } from '@mono/bus';
import { tasksResources, type List, type Task } from '@mono/tasks/contract';

type Requests = Pick<Bus, 'request'>;
type Options = Pick<CallOptions, 'requestId' | 'signal'>;

/** @param ids at most 100. @returns those that exist, by id. */
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

/** @param tasks at most 100. @returns titles by the id of the list. */
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
