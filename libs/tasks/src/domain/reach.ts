// How far a caller reaches: a workspace, perhaps some of its lists only. What lies in another list is as if it were not there.
// A row is judged by the list that it was read with, and is changed at the version that it was read at: nobody reaches a task
// that is moved away meanwhile.
import { DomainError } from '@mono/contract/errors';
import { tasksErrors } from '../../contract/tasks.errors.js';

export interface Reach {
  workspaceId: string;
  /** undefined: all of the workspace. */
  listIds?: readonly string[] | undefined;
}

export function reaches({ listIds }: Reach, listId: string): boolean {
  return listIds === undefined || listIds.includes(listId);
}

/** Of a list that was named. @throws NotFoundError */
export function requireReach(reach: Reach, listId: string): void {
  if (!reaches(reach, listId)) throw tasksErrors.list_not_found({ id: listId });
}

/** Of the Inbox, which was not named. @throws DomainError `forbidden` */
export function requireInbox(reach: Reach, inboxId: string | undefined): void {
  if (inboxId === undefined || !reaches(reach, inboxId))
    throw beyond('a task without a list goes to the Inbox; name one of your lists');
}

/** @param what is asked for, which touches more than lists. @throws DomainError `forbidden` */
export function requireWholeWorkspace({ listIds }: Reach, what: string): void {
  if (listIds !== undefined) throw beyond(what);
}

export function beyond(why: string): DomainError {
  return new DomainError('forbidden', 'forbidden', `This credential is limited to some lists: ${why}.`);
}
