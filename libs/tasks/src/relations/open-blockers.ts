// The open tasks that block others.
import type { Executor, Statement } from '@mono/platform';
import type { Reach } from '../domain/reach.js';

const BLOCKERS: Statement = {
  name: 'tasks.open_blockers',
  text: `SELECT r.other_id AS id, array_agg(b.id ORDER BY b.id) AS blockers
    FROM tasks.relation r JOIN tasks.task b ON b.id = r.task_id AND b.workspace_id = r.workspace_id
    WHERE r.workspace_id = $1 AND r.other_id = ANY($2::uuid[]) AND r.kind = 'blocks'
      AND b.status IN ('todo', 'in_progress', 'blocked') AND ($3::uuid[] IS NULL OR b.list_id = ANY($3::uuid[]))
    GROUP BY r.other_id`,
};

/** The ids of the open tasks within reach that block these; tasks without any are missing. */
export async function openBlockers(
  on: Executor,
  { workspaceId, listIds }: Reach,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await on.query<{ id: string; blockers: string[] }>(BLOCKERS, [workspaceId, ids, listIds ?? null]);
  return new Map(rows.map(({ id, blockers }) => [id, blockers]));
}
