// The statements over favorites: lists that users have marked for themselves. Without events and versions, as they are nobody else's.
import type { Executor, Statement } from '@mono/platform';

const ADD: Statement = {
  name: 'tasks.add_favorite',
  text: `WITH list AS (SELECT id FROM tasks.list WHERE id = $2 AND workspace_id = $1 FOR KEY SHARE),
    favorite AS (
      INSERT INTO tasks.list_favorite (workspace_id, list_id, user_id) SELECT $1, id, $3 FROM list ON CONFLICT DO NOTHING
    )
    SELECT id FROM list`,
};

const REMOVE: Statement = {
  name: 'tasks.remove_favorite',
  text: `WITH favorite AS (DELETE FROM tasks.list_favorite WHERE workspace_id = $1 AND list_id = $2 AND user_id = $3)
    SELECT id FROM tasks.list WHERE id = $2 AND workspace_id = $1`,
};

/** In a transaction that holds the membership. The list stays until its end. @returns whether there is such a list. */
export async function addFavorite(on: Executor, workspaceId: string, listId: string, userId: string): Promise<boolean> {
  return (await on.query(ADD, [workspaceId, listId, userId])).length > 0;
}

/** @returns whether there is such a list. */
export async function removeFavorite(
  on: Executor,
  workspaceId: string,
  listId: string,
  userId: string,
): Promise<boolean> {
  return (await on.query(REMOVE, [workspaceId, listId, userId])).length > 0;
}

/** All favorites of a user in a workspace. */
export async function eraseFavoritesOf(
  on: Executor,
  { workspaceId, userId }: { workspaceId: string; userId: string },
): Promise<void> {
  await on.query('DELETE FROM tasks.list_favorite WHERE workspace_id = $1 AND user_id = $2', [workspaceId, userId]);
}

export async function eraseFavorites(on: Executor, workspaceId: string): Promise<void> {
  await on.query('DELETE FROM tasks.list_favorite WHERE workspace_id = $1', [workspaceId]);
}
