// How far a caller reaches: a workspace, perhaps some of its lists or the own time only. Anything beyond is as if it were not there.
import { DomainError } from '@mono/contract/errors';

export interface Reach {
  workspaceId: string;
  /** undefined: all of the workspace. */
  listIds?: readonly string[] | undefined;
  /** The user whose time alone is within reach; undefined: everybody's. */
  personId?: string | undefined;
}

/** @param listId null: not known, or no task at all: for who reaches everything. */
export function reaches({ listIds }: Reach, listId: string | null): boolean {
  return listIds === undefined || (listId !== null && listIds.includes(listId));
}

/** @param what is asked for, which touches more than lists. @throws DomainError `forbidden`. */
export function requireWholeWorkspace({ listIds }: Reach, what: string): void {
  if (listIds === undefined) return;
  throw new DomainError('forbidden', 'forbidden', `This credential is limited to some lists: ${what}.`);
}
