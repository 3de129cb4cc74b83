// The spans and entries that lie in a window of time, cut to it: each once, found by the indexes over their ranges.
import type { Window } from '../domain/window.js';
import type { Values } from './values.js';

/**
 * A select with is_entry, task_id, person, tags, billable, begins, ends (which may lie before it begins: then it is not covered).
 * What runs is counted until `asOf`, and what ended since then likewise, so that who asks again sees the same. What
 * somebody wrote down by hand counts as they wrote it.
 * @param workspace the name of its value. @param asOf milliseconds since 1970.
 */
export function coveredTime(values: Values, workspace: string, { from, to }: Window, asOf: number): string {
  const start = values.instant(from);
  const end = values.instant(to);
  const until = values.instant(Math.max(from, Math.min(to, asOf)));
  const span = `SELECT false AS is_entry, s.task_id, s.actor_id AS person, NULL::text[] AS tags, false AS billable,
      greatest(s.started_at, ${start}) AS begins, least(s.ended_at, ${until}) AS ends
    FROM time_tracking.span s WHERE s.workspace_id = ${workspace}`;
  return `${span} AND s.ended_at IS NOT NULL AND tstzrange(s.started_at, s.ended_at) && tstzrange(${start}, ${until})
    UNION ALL ${span} AND s.ended_at IS NULL AND s.started_at < ${until}
    UNION ALL SELECT true, e.task_id, e.user_id::text, e.tags, e.billable, greatest(e.started_at, ${start}),
      least(e.ended_at, CASE WHEN e.ended_at IS NULL OR e.source = 'timer' THEN ${until} ELSE ${end} END)
    FROM time_tracking.entry e WHERE e.workspace_id = ${workspace} AND tstzrange(e.started_at, e.ended_at) && tstzrange(${start}, ${end})`;
}
