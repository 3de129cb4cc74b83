// The task that an entry is to belong to: it is there now, and within the caller's reach.
import type { CallContext } from '@mono/contract';
import { requireWholeWorkspace } from '../domain/reach.js';
import { askTask, type AskTask } from '../history/known-task.js';

/** @returns its id as it is stored, or null for none. @throws NotFoundError `task_not_found`; DomainError `forbidden`, `unavailable`. */
export async function namedTask(tasks: AskTask, context: CallContext, taskId: string | null): Promise<string | null> {
  if (taskId !== null) return (await askTask(tasks, context, taskId)).id;
  requireWholeWorkspace(context.principal, 'an entry must belong to a task of theirs');
  return null;
}
