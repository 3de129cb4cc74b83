// The log of changes of status. It is written by the statements that change tasks (./task-records.ts), and read here.
import type { Executor } from '@mono/platform';
import type { TaskFacts, Transition } from '../../contract/transitions.js';
import type { TaskStatus } from '../../contract/task-constants.js';
import { taskFacts } from './task-facts.js';

export interface TransitionRow {
  /** A bigint, as text. */
  seq: string;
  workspace_id: string;
  task_id: string;
  version: number;
  from_status: TaskStatus | null;
  to_status: TaskStatus | null;
  occurred_at: string;
  actor_kind: Transition['actor']['kind'];
  actor_id: string;
  request_id: string;
  /** Its task's version, in the first row of each task only. */
  task_version: number | null;
  deleted: boolean;
  facts: TaskFacts | null;
}

// Along the primary key, and one look by an index for each task: the limits within keep any planner from reading either table
// as a whole. A deletion is the last transition of its task.
const PAGE = `
  WITH item AS MATERIALIZED (SELECT * FROM tasks.status_transition WHERE seq > $1 ORDER BY seq LIMIT $2)
  SELECT i.seq, i.workspace_id, i.task_id, i.version, i.from_status, i.to_status, i.occurred_at, i.actor_kind, i.actor_id,
    i.request_id, coalesce(t.version, d.version) AS task_version, t.version IS NULL AS deleted,
    coalesce(t.facts, d.last_facts) AS facts
  FROM (SELECT *, row_number() OVER (PARTITION BY task_id ORDER BY seq) AS nth FROM item) i
  LEFT JOIN LATERAL (
    SELECT t.version, ${taskFacts('t')} AS facts FROM tasks.task t WHERE i.nth = 1 AND t.id = i.task_id LIMIT 1
  ) t ON true
  LEFT JOIN LATERAL (
    SELECT d.version, d.last_facts FROM tasks.status_transition d
    WHERE i.nth = 1 AND t.version IS NULL AND d.task_id = i.task_id ORDER BY d.version DESC LIMIT 1
  ) d ON true
  ORDER BY i.seq`;

/** Those after a place, with the tasks that they are about: all of one snapshot. Without a name: the limit decides the plan. */
export function readTransitions(on: Executor, after: string, limit: number): Promise<TransitionRow[]> {
  return on.query<TransitionRow>(PAGE, [after, limit]);
}

/** @returns how many; less than `limit` means that no more are there. */
export async function eraseTransitions(on: Executor, workspaceId: string, limit: number): Promise<number> {
  const rows = await on.query(
    `DELETE FROM tasks.status_transition WHERE seq IN (
       SELECT seq FROM tasks.status_transition WHERE workspace_id = $1 LIMIT $2) RETURNING 1`,
    [workspaceId, limit],
  );
  return rows.length;
}
