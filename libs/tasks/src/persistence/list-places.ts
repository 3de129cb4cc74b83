// The statements over the places of lists in their manual order.
import type { Executor } from '@mono/platform';
import { positionBeside } from '../domain/position.js';

/** In a transaction: nobody else moves lists of the workspace until its end. */
export async function lockListPlaces(on: Executor, workspaceId: string): Promise<void> {
  await on.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`tasks.lists.${workspaceId}`]);
}

export async function readListPosition(on: Executor, workspaceId: string, id: string): Promise<string | undefined> {
  const [row] = await on.query<{ position: string }>(
    'SELECT position FROM tasks.list WHERE id = $1 AND workspace_id = $2',
    [id, workspaceId],
  );
  return row?.position;
}

/** @param but the list that is to be moved. @returns the position next to another one, on this side of it. */
export async function nextListPosition(
  on: Executor,
  workspaceId: string,
  side: 'before' | 'after',
  position: string,
  but?: string,
): Promise<string | undefined> {
  const [extreme, comparison] = side === 'after' ? ['min', '>'] : ['max', '<'];
  const [next] = await on.query<{ position: string | null }>(
    `SELECT ${extreme}(position) AS position FROM tasks.list
     WHERE workspace_id = $1 AND position ${comparison} $2 AND id IS DISTINCT FROM $3::uuid`,
    [workspaceId, position, but ?? null],
  );
  return next?.position ?? undefined;
}

/** In a transaction. @returns the position, or where another list has it the next free one. */
export async function freeListPosition(on: Executor, workspaceId: string, position: string): Promise<string> {
  await lockListPlaces(on, workspaceId);
  const taken = await on.query('SELECT FROM tasks.list WHERE workspace_id = $1 AND position = $2', [
    workspaceId,
    position,
  ]);
  if (taken.length === 0) return position;
  return positionBeside('after', position, await nextListPosition(on, workspaceId, 'after', position));
}
