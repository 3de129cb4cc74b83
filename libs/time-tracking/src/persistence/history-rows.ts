// Reading the history of a task.
import type { PageRequest } from '@mono/contract';
import type { Executor } from '@mono/platform';
import type { Transition } from '../domain/heard-tasks.js';

export function findTransitions(
  on: Executor,
  taskId: string,
  { after, descending, fetch, offset }: PageRequest,
): Promise<Transition[]> {
  const direction = descending ? 'DESC' : 'ASC';
  const past = after ? `AND version ${descending ? '<' : '>'} $2` : '';
  return on.query<Transition>(
    `SELECT task_id, version, workspace_id, from_status, to_status, occurred_at, actor_kind, actor_id, request_id
     FROM time_tracking.transition WHERE task_id = $1 ${past} ORDER BY version ${direction} LIMIT ${fetch} OFFSET ${offset}`,
    [taskId, ...(after ?? [])],
  );
}

export async function countTransitions(on: Executor, taskId: string): Promise<number> {
  const [row] = await on.query<{ total: number }>(
    'SELECT count(*)::int AS total FROM time_tracking.transition WHERE task_id = $1',
    [taskId],
  );
  return row?.total ?? 0;
}

/** Shares of a task's time, what runs counted until `as_of`. */
export interface ShareRow {
  actor_kind: 'user' | 'api_key' | 'system';
  actor_id: string;
  /** Milliseconds. */
  worked_ms: number;
  entered_ms: number;
  as_of: string;
}

export interface SpanRow {
  started_at: string;
  ended_at: string | null;
  actor_kind: 'user' | 'api_key' | 'system';
  actor_id: string;
}

/** At least one row, which names nobody where nobody has worked. */
export function readShares(on: Executor, taskId: string): Promise<(ShareRow & { actor_id: string | null })[]> {
  return on.query(
    {
      name: 'time_tracking.shares_of_task',
      text: `
        WITH instant AS (SELECT clock_timestamp()::timestamptz(3) AS at),
        share AS (
          SELECT actor_kind, actor_id, extract(epoch FROM greatest(coalesce(ended_at, i.at), started_at) - started_at) * 1000 AS worked, 0 AS entered
          FROM time_tracking.span CROSS JOIN instant i WHERE task_id = $1
          UNION ALL
          SELECT 'user', user_id::text, 0, extract(epoch FROM greatest(coalesce(ended_at, i.at), started_at) - started_at) * 1000
          FROM time_tracking.entry CROSS JOIN instant i WHERE task_id = $1
        ),
        person AS (
          SELECT actor_kind, actor_id, sum(worked)::float8 AS worked_ms, sum(entered)::float8 AS entered_ms
          FROM share GROUP BY actor_kind, actor_id
        )
        SELECT p.*, i.at AS as_of FROM instant i LEFT JOIN person p ON true
        ORDER BY p.worked_ms + p.entered_ms DESC, p.actor_id`,
    },
    [taskId],
  );
}

/** The latest, the first one first. @param personId undefined: those of everybody. */
export function readSpans(
  on: Executor,
  taskId: string,
  personId: string | undefined,
  most: number,
): Promise<SpanRow[]> {
  return on.query<SpanRow>(
    `SELECT * FROM (
       SELECT version, started_at, ended_at, actor_kind, actor_id FROM time_tracking.span
       WHERE task_id = $1 AND ($2::text IS NULL OR actor_id = $2) ORDER BY version DESC LIMIT ${most}) s ORDER BY version`,
    [taskId, personId ?? null],
  );
}
