// How the tasks that were completed in a window came there, out of their history alone. Its cost follows these tasks.
import type { Executor } from '@mono/platform';
import type { Window } from '../domain/window.js';
import { conditionsOf, type Scope } from './scope.js';
import { instantText, Values } from './values.js';

export interface FlowQuestion {
  scope: Scope;
  window: Window;
  /** Where each week begins, milliseconds since 1970. */
  weeks: readonly number[];
}

/** Milliseconds. */
export interface Spread {
  mean: number;
  /** Each is a value that there is: so many took at most this long. */
  p50: number;
  p85: number;
  p95: number;
}

export interface FlowFound {
  completed: number;
  lead_time: Spread | null;
  cycle_time: Spread | null;
  /** Milliseconds in all. */
  statuses: { status: string; total: number }[];
  /** By the place of the week, from 1; those without any are absent. */
  throughput: { week: number; completed: number }[];
  estimates: { tasks: number; estimated: number; worked: number; median_ratio: number | null };
}

const milliseconds = (interval: string): string => `(extract(epoch FROM ${interval}) * 1000)::float8`;

const spreadOf = (column: string): string => `(
  SELECT json_build_object('mean', avg(${column}),
    'p50', percentile_disc(0.5) WITHIN GROUP (ORDER BY ${column}),
    'p85', percentile_disc(0.85) WITHIN GROUP (ORDER BY ${column}),
    'p95', percentile_disc(0.95) WITHIN GROUP (ORDER BY ${column}))
  FROM life WHERE ${column} IS NOT NULL HAVING count(*) > 0)`;

/**
 * ISO 8601 as tasks takes it: in any case, with a sign, a point or a comma, at most ten years. Months and years are as long as
 * from 2026 on (domain/duration.ts). PostgreSQL 15 cannot be asked whether it would take a text (pg_input_is_valid).
 */
const ISO_TEXT = `upper(replace(ltrim(c.estimated_duration, '+-'), ',', '.'))`;
const ISO_FORM = String.raw`^P(?=.)(0*\d{1,2}Y)?(0*\d{1,3}M)?(0*\d{1,3}W)?(0*\d{1,4}D)?(T(?=.)(0*\d{1,5}(\.\d+)?H)?(0*\d{1,7}(\.\d+)?M)?(0*\d{1,9}(\.\d+)?S)?)?$`;
const ESTIMATED = `CASE WHEN ${ISO_TEXT} ~ '${ISO_FORM}'
  THEN ${milliseconds(`timestamp '2026-01-01' + ${ISO_TEXT}::interval - timestamp '2026-01-01'`)} END`;

/**
 * Put away, deleted or restored, it was completed all the same; taken up again, or completed again later, it was not by that. A
 * later transition from nothing is a restoration.
 */
const STAYS_COMPLETED = `NOT EXISTS (
  SELECT FROM time_tracking.transition later
  WHERE later.task_id = d.task_id AND later.version > d.version AND later.to_status <> 'archived' AND later.from_status IS NOT NULL)`;

/** A restored task was completed before. */
const IS_COMPLETION = `(d.from_status IS NOT NULL OR NOT EXISTS (
  SELECT FROM time_tracking.transition earlier WHERE earlier.task_id = d.task_id AND earlier.version < d.version))`;

export async function findFlow(on: Executor, question: FlowQuestion): Promise<FlowFound> {
  const values = new Values();
  const text = flowText(question, values);
  const [found] = await on.query<FlowFound>(text, values.list);
  if (!found) throw new Error('A statement without FROM has one row.');
  return found;
}

function flowText({ scope, window, weeks }: FlowQuestion, values: Values): string {
  const workspace = `${values.add(scope.workspaceId)}::uuid`;
  const conditions = [
    `d.workspace_id = ${workspace} AND d.to_status = 'done' AND ${IS_COMPLETION} AND ${STAYS_COMPLETED}`,
    `d.occurred_at >= ${values.instant(window.from)} AND d.occurred_at < ${values.instant(window.to)}`,
    ...conditionsOf(scope, values, { taskId: 'd.task_id' }),
  ];
  const starts = `${values.add(weeks.map(instantText))}::timestamptz[]`;
  return `
    WITH completed AS MATERIALIZED (
      SELECT d.task_id, d.version, d.occurred_at, t.estimated_duration
      FROM time_tracking.transition d JOIN time_tracking.task t ON t.task_id = d.task_id
      WHERE ${conditions.join(' AND ')}
    ),
    stay AS MATERIALIZED (
      SELECT h.task_id, h.from_status, h.to_status, h.occurred_at AS since,
        lead(h.occurred_at) OVER (PARTITION BY h.task_id ORDER BY h.version) - h.occurred_at AS took
      FROM completed c JOIN time_tracking.transition h ON h.task_id = c.task_id AND h.version <= c.version
    ),
    course AS (
      SELECT task_id, min(since) FILTER (WHERE from_status IS NULL) AS created,
        min(since) FILTER (WHERE to_status = 'in_progress') AS began, sum(took) FILTER (WHERE to_status = 'in_progress') AS worked
      FROM stay GROUP BY task_id
    ),
    life AS MATERIALIZED (
      SELECT ${milliseconds('c.occurred_at - k.created')} AS lead, ${milliseconds('c.occurred_at - k.began')} AS cycle,
        ${milliseconds('k.worked')} AS worked, ${ESTIMATED} AS estimated
      FROM completed c JOIN course k USING (task_id)
    ),
    estimate AS (SELECT worked, estimated FROM life WHERE worked IS NOT NULL AND estimated > 0)
    SELECT (SELECT count(*)::integer FROM completed) AS completed,
      ${spreadOf('lead')} AS lead_time, ${spreadOf('cycle')} AS cycle_time,
      (SELECT coalesce(json_agg(s), '[]') FROM (
        SELECT to_status AS status, ${milliseconds('sum(took)')} AS total FROM stay WHERE took IS NOT NULL AND to_status IS NOT NULL GROUP BY to_status) s) AS statuses,
      (SELECT coalesce(json_agg(w), '[]') FROM (
        SELECT width_bucket(occurred_at, ${starts}) AS week, count(*) AS completed FROM completed GROUP BY 1) w) AS throughput,
      (SELECT json_build_object('tasks', count(*), 'estimated', coalesce(sum(estimated), 0), 'worked', coalesce(sum(worked), 0),
        'median_ratio', percentile_disc(0.5) WITHIN GROUP (ORDER BY worked / estimated)) FROM estimate) AS estimates`;
}
