// Callers see the templates of one workspace, or of some of its lists only. Everything else does not exist for them.
import { recurrenceErrors } from '../../contract/recurrence.errors.js';

export interface Reach {
  workspaceId: string;
  /** undefined: all of the workspace. */
  listIds?: readonly string[];
}

export function reaches({ workspaceId, listIds }: Reach, it: { workspace_id: string; list_id: string }): boolean {
  return it.workspace_id === workspaceId && (listIds === undefined || listIds.includes(it.list_id));
}

/** On an occurrence of a template within reach, whose task may be in another list. */
export function reachesOccurrence(
  { listIds }: Pick<Reach, 'listIds'>,
  { fields }: { fields: { list_id?: string } | null },
): boolean {
  return listIds === undefined || fields?.list_id === undefined || listIds.includes(fields.list_id);
}

/** @throws DomainError `list_not_found` */
export function requireList({ listIds }: Reach, listId: string): void {
  if (listIds !== undefined && !listIds.includes(listId)) throw recurrenceErrors.list_not_found({ id: listId });
}
