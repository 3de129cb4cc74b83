// How far a caller reaches: the templates of a workspace, perhaps those of some of its lists only. What lies beyond is as if
// it were not there.
import { recurrenceErrors } from '../../contract/recurrence.errors.js';

export interface Reach {
  workspaceId: string;
  /** undefined: all of the workspace. */
  listIds?: readonly string[];
}

export function reaches({ workspaceId, listIds }: Reach, it: { workspace_id: string; list_id: string }): boolean {
  return it.workspace_id === workspaceId && (listIds === undefined || listIds.includes(it.list_id));
}

/** Of an occurrence of a template within reach: its task may be in another list. */
export function reachesOccurrence(
  { listIds }: Pick<Reach, 'listIds'>,
  { fields }: { fields: { list_id?: string } | null },
): boolean {
  return listIds === undefined || fields?.list_id === undefined || listIds.includes(fields.list_id);
}

/** Of a list that was named. @throws DomainError `list_not_found` */
export function requireList({ listIds }: Reach, listId: string): void {
  if (listIds !== undefined && !listIds.includes(listId)) throw recurrenceErrors.list_not_found({ id: listId });
}
