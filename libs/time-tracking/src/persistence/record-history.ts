// The statements that write history. In any order, any number of times, side by side on any number of nodes: the same
// changes end in the same rows, since each row has a key of its own and a field the version that it is from. Hence there is no
// inbox (decisions/0001-history-without-inbox.md).
import type { Executor } from '@mono/platform';
import { FACTS, type HeardTask, type Transition } from '../domain/heard-tasks.js';

/** How the measured time of a task has changed. */
export interface WorkedChange {
  task_id: string;
  workspace_id: string;
  /** Raised with each change. */
  version: number;
  /** Milliseconds. */
  from_ms: number | null;
  to_ms: number;
}

/** Held while something of a workspace is written, against its erasure, which must see all of it. */
export const ERASURE_LOCK = `hashtext('time_tracking.erasure')`;

const WORK = 'in_progress';
const seenOf = (fact: string): string => `${fact}_seen`;
const TYPES: Readonly<Record<string, string>> = {
  list_id: 'uuid',
  tags: 'text[]',
  assignee_id: 'uuid',
  template_id: 'uuid',
};
const inputColumns = FACTS.map((fact) => `${fact} ${TYPES[fact] ?? 'text'}, ${seenOf(fact)} integer`).join(', ');
const columns = FACTS.flatMap((fact) => [fact, seenOf(fact)]).join(', ');
const read = FACTS.flatMap((fact) => [`n.${fact}`, `coalesce(n.${seenOf(fact)}, 0)`]).join(', ');
const merged = FACTS.flatMap((fact) => [
  `${fact} = CASE WHEN excluded.${seenOf(fact)} >= t.${seenOf(fact)} THEN excluded.${fact} ELSE t.${fact} END`,
  `${seenOf(fact)} = greatest(excluded.${seenOf(fact)}, t.${seenOf(fact)})`,
]).join(', ');

// A plan that was made while the tables were small would go on reading them whole once they are not.
const LOCK = {
  name: 'time_tracking.against_erasure',
  text: `SELECT pg_advisory_xact_lock_shared(${ERASURE_LOCK}), set_config('enable_seqscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`,
};

/** The rows are locked in one order everywhere, and stay so until the end of the transaction. */
const KEEP_TASKS = {
  name: 'time_tracking.keep_tasks',
  text: `
    WITH heard AS (
      SELECT n.*, e.workspace_id IS NOT NULL AS is_erased
      FROM json_to_recordset($1) AS n(task_id uuid, workspace_id uuid, ${inputColumns})
      LEFT JOIN time_tracking.erased_workspace e USING (workspace_id)
    ),
    kept AS (
      INSERT INTO time_tracking.task AS t (task_id, workspace_id, ${columns})
      SELECT n.task_id, n.workspace_id, ${read} FROM heard n WHERE NOT is_erased ORDER BY n.task_id
      ON CONFLICT (task_id) DO UPDATE SET ${merged}
    )
    SELECT task_id FROM heard WHERE is_erased`,
};

const KEEP_TRANSITIONS = {
  name: 'time_tracking.keep_transitions',
  text: `INSERT INTO time_tracking.transition AS t (task_id, version, workspace_id, from_status, to_status, occurred_at, actor_kind, actor_id, request_id)
    SELECT * FROM json_to_recordset($1) AS n(task_id uuid, version integer, workspace_id uuid, from_status text, to_status text,
      occurred_at timestamptz, actor_kind text, actor_id text, request_id text)
    ON CONFLICT (task_id, version) DO UPDATE SET from_status = excluded.from_status, to_status = excluded.to_status,
      occurred_at = excluded.occurred_at, actor_kind = excluded.actor_kind, actor_id = excluded.actor_id, request_id = excluded.request_id
    WHERE (t.from_status, t.to_status, t.occurred_at, t.actor_kind, t.actor_id, t.request_id) IS DISTINCT FROM
      (excluded.from_status, excluded.to_status, excluded.occurred_at, excluded.actor_kind, excluded.actor_id, excluded.request_id)`,
};

/**
 * A span begins with a transition to in_progress and ends with the next one that is known. Those that the given transitions
 * begin or end are derived anew, which may be twice the same span.
 */
const DERIVE_SPANS = {
  name: 'time_tracking.derive_spans',
  text: `
    WITH given AS (
      SELECT * FROM json_to_recordset($1) AS n(task_id uuid, version integer, workspace_id uuid, from_status text,
        to_status text, occurred_at timestamptz(3), actor_kind text, actor_id text)
    ),
    touched AS (
      SELECT g.task_id, g.version, g.workspace_id, g.occurred_at AS started_at, (
          SELECT e.occurred_at FROM time_tracking.transition e
          WHERE e.task_id = g.task_id AND e.version > g.version ORDER BY e.version LIMIT 1
        ) AS ended_at, g.actor_kind, g.actor_id
      FROM given g WHERE g.to_status = 'in_progress'
      UNION ALL
      SELECT p.task_id, p.version, p.workspace_id, p.occurred_at, g.occurred_at, p.actor_kind, p.actor_id
      FROM given g CROSS JOIN LATERAL (
        SELECT * FROM time_tracking.transition t
        WHERE t.task_id = g.task_id AND t.version < g.version ORDER BY t.version DESC LIMIT 1
      ) p
      WHERE g.from_status = 'in_progress' AND p.to_status = 'in_progress'
    ),
    derived AS (
      INSERT INTO time_tracking.span AS s (task_id, version, workspace_id, started_at, ended_at, actor_kind, actor_id)
      SELECT DISTINCT ON (task_id, version) * FROM touched ORDER BY task_id, version
      ON CONFLICT (task_id, version) DO UPDATE SET started_at = excluded.started_at, ended_at = excluded.ended_at,
        actor_kind = excluded.actor_kind, actor_id = excluded.actor_id
      WHERE (s.started_at, s.ended_at, s.actor_kind, s.actor_id) IS DISTINCT FROM
        (excluded.started_at, excluded.ended_at, excluded.actor_kind, excluded.actor_id)
      RETURNING s.task_id, s.ended_at
    )
    SELECT DISTINCT task_id FROM derived WHERE ended_at IS NOT NULL`,
};

/**
 * worked_version follows the number of known transitions, which is the same in any order: when the history is filled anew after a
 * loss, what is told goes on above what was told before.
 */
const SUM_UP = {
  name: 'time_tracking.sum_up',
  text: `
    UPDATE time_tracking.task t SET worked_ms = total.ms, worked_version = greatest(t.worked_version + 1, total.transitions)
    FROM unnest($1::uuid[]) AS closed(task_id)
    JOIN time_tracking.task before USING (task_id)
    CROSS JOIN LATERAL (
      SELECT (sum(extract(epoch FROM s.ended_at - s.started_at)) * 1000)::bigint AS ms,
        (SELECT count(*) FROM time_tracking.transition h WHERE h.task_id = closed.task_id) AS transitions
      FROM time_tracking.span s WHERE s.task_id = closed.task_id AND s.ended_at IS NOT NULL
    ) total
    WHERE t.task_id = closed.task_id AND t.worked_ms IS DISTINCT FROM total.ms
    RETURNING t.task_id, t.workspace_id, t.worked_version AS version, before.worked_ms::float8 AS from_ms, t.worked_ms::float8 AS to_ms`,
};

/** In a transaction. @returns the tasks whose measured time is another one now. */
export async function recordHistory(
  on: Executor,
  tasks: readonly HeardTask[],
  transitions: readonly Transition[],
): Promise<WorkedChange[]> {
  await on.query(LOCK);
  const refused = await on.query<{ task_id: string }>(KEEP_TASKS, [JSON.stringify(tasks.map(rowOf))]);
  const erased = new Set(refused.map(({ task_id }) => task_id));
  const wanted = transitions.filter(({ task_id }) => !erased.has(task_id));
  if (wanted.length === 0) return [];
  await on.query(KEEP_TRANSITIONS, [JSON.stringify(wanted)]);
  const ofSpans = wanted.filter(({ from_status: from, to_status: to }) => from === WORK || to === WORK);
  if (ofSpans.length === 0) return [];
  // Another statement sees what others have committed before the tasks were locked.
  const closed = await on.query<{ task_id: string }>(DERIVE_SPANS, [JSON.stringify(ofSpans)]);
  if (closed.length === 0) return [];
  return on.query<WorkedChange>(SUM_UP, [closed.map(({ task_id }) => task_id)]);
}

/** What nobody has said anything of is absent, and null when it is read. */
function rowOf({ task_id, workspace_id, facts, seen }: HeardTask): object {
  const row: Record<string, unknown> = { task_id, workspace_id };
  for (const fact of FACTS) {
    if (seen[fact] === undefined) continue;
    row[fact] = facts[fact];
    row[seenOf(fact)] = seen[fact];
  }
  return row;
}

/** What is told of a workspace from now on is not kept. Who writes at this moment is waited for. */
export async function markErased(on: Executor, workspaceId: string): Promise<void> {
  await on.query(`SELECT pg_advisory_xact_lock(${ERASURE_LOCK})`);
  await on.query('INSERT INTO time_tracking.erased_workspace (workspace_id) VALUES ($1) ON CONFLICT DO NOTHING', [
    workspaceId,
  ]);
}
