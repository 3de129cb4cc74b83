// The open tasks that block others, for those who move one of these to `done`.
import type { Executor, Statement } from '@mono/platform';
import type { Task } from '../../contract/task.js';
import type { Reach } from '../domain/reach.js';
import { openBlockersOf } from '../persistence/task-row.js';

const BLOCKERS: Statement = {
  name: 'tasks.open_blockers',
  text: `SELECT t.id, k.blockers FROM unnest($2::uuid[]) AS n (id) CROSS JOIN LATERAL (SELECT n.id, $1::uuid AS workspace_id) t
    CROSS JOIN LATERAL (
      SELECT array_agg(b.id ORDER BY b.id) AS blockers ${openBlockersOf('t')} AND ($3::uuid[] IS NULL OR b.list_id = ANY($3::uuid[]))
    ) k WHERE k.blockers IS NOT NULL`,
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

/** Adds a warning to those of these done tasks that open tasks block. */
export async function warnOfBlockers(on: Executor, reach: Reach, tasks: readonly Task[]): Promise<void> {
  const blocked = tasks.filter(({ status, blocked_by_open: count }) => status === 'done' && count > 0);
  if (blocked.length === 0) return;
  const blockers = await openBlockers(
    on,
    reach,
    blocked.map(({ id }) => id),
  );
  for (const task of blocked) {
    const { blocked_by_open: count } = task;
    const message = `The task is done although ${count === 1 ? '1 open task blocks' : `${count} open tasks block`} it.`;
    task.warnings = [{ code: 'blocked', message, task_ids: blockers.get(task.id) ?? [] }];
  }
}
