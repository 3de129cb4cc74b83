// The store of who is in which workspace.
import type { Executor } from '@mono/platform';
import type { Role } from '../../contract/index.js';

export async function insertMember(on: Executor, workspaceId: string, userId: string, role: Role): Promise<void> {
  await on.query(`INSERT INTO auth.workspace_member (workspace_id, user_id, role) VALUES ($1, $2, $3)`, [
    workspaceId,
    userId,
    role,
  ]);
}

/** What a user leaves behind in a workspace. */
export interface Stake {
  workspace_id: string;
  is_default: boolean;
  is_owner: boolean;
  others: number;
  other_owners: number;
}

/** Nobody joins these workspaces until the transaction ends. */
export async function lockStakes(on: Executor, userId: string): Promise<Stake[]> {
  await on.query(
    `SELECT w.id FROM auth.workspace w WHERE w.id IN (SELECT workspace_id FROM auth.workspace_member WHERE user_id = $1)
     ORDER BY w.id FOR UPDATE`,
    [userId],
  );
  return on.query<Stake>(
    `SELECT m.workspace_id, w.is_default, m.role = 'owner' AS is_owner,
       (count(o.user_id))::int AS others, (count(o.user_id) FILTER (WHERE o.role = 'owner'))::int AS other_owners
     FROM auth.workspace_member m JOIN auth.workspace w ON w.id = m.workspace_id
     LEFT JOIN auth.workspace_member o ON o.workspace_id = m.workspace_id AND o.user_id <> m.user_id
     WHERE m.user_id = $1 GROUP BY m.workspace_id, w.is_default, m.role ORDER BY m.workspace_id`,
    [userId],
  );
}

/** With their keys. */
export async function deleteWorkspaces(on: Executor, ids: readonly string[]): Promise<void> {
  await on.query(`DELETE FROM auth.api_key WHERE workspace_id = ANY($1::uuid[])`, [ids]);
  await on.query(`DELETE FROM auth.workspace WHERE id = ANY($1::uuid[])`, [ids]);
}
