// Compares the tables of time tracking with a naive calculation from the log of tasks.
import type { Pool } from 'pg';

interface LogRow {
  task_id: string;
  version: number;
  workspace_id: string;
  from_status: string | null;
  to_status: string | null;
  at: string;
  actor_kind: string;
  actor_id: string;
}

interface Span {
  task_id: string;
  version: number;
  workspace_id: string;
  started_at: string;
  ended_at: string | null;
  actor_kind: string;
  actor_id: string;
}

export interface Verdict {
  transitions: number;
  spans: number;
  /** Published durations. */
  told: number;
  differences: string[];
}

const instant = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const TRANSITION = `task_id, version, workspace_id, from_status::text, to_status::text, occurred_at, actor_kind, actor_id, request_id`;
const FACTS = 'title, list_id, tags, assignee_id, template_id, estimated_duration';
const TASKS = `
  SELECT id AS task_id, workspace_id, ${FACTS}, status::text FROM tasks.task
  UNION ALL
  SELECT d.task_id, d.workspace_id, f.*, NULL FROM tasks.status_transition d CROSS JOIN LATERAL json_to_record(d.last_facts)
    AS f(title text, list_id uuid, tags text[], assignee_id uuid, template_id uuid, estimated_duration text)
  WHERE d.to_status IS NULL`;

export async function judge(pool: Pool): Promise<Verdict> {
  const log = await logOfTasks(pool);
  const expected = spansOf(log);
  const durations = sumsOf(expected);
  const told = await toldDurations(pool);
  return {
    transitions: log.length,
    spans: expected.length,
    told: told.length,
    differences: [
      ...(await unlike(
        pool,
        `SELECT ${TRANSITION} FROM tasks.status_transition`,
        `SELECT ${TRANSITION} FROM time_tracking.transition`,
      )),
      ...(await unlike(pool, TASKS, `SELECT task_id, workspace_id, ${FACTS}, status FROM time_tracking.task`)),
      ...between('span', expected.map(textOf), (await keptSpans(pool)).map(textOf)),
      ...wrongTellings(told, durations),
      ...(await wrongDurations(pool, durations)),
    ],
  };
}

/** The rows that differ between two queries. */
async function unlike(pool: Pool, expected: string, found: string): Promise<string[]> {
  const { rows } = await pool.query<{ what: string }>(
    `SELECT 'missing: ' || row_to_json(m)::text AS what FROM (${expected} EXCEPT ALL ${bracketed(found)}) m
     UNION ALL SELECT 'too much: ' || row_to_json(t)::text FROM (${found} EXCEPT ALL ${bracketed(expected)}) t`,
  );
  return rows.map(({ what }) => what);
}

function bracketed(query: string): string {
  return `(${query})`;
}

async function logOfTasks(pool: Pool): Promise<LogRow[]> {
  const { rows } = await pool.query<LogRow>(
    `SELECT task_id, version, workspace_id, from_status::text, to_status::text, ${instant('occurred_at')} AS at, actor_kind, actor_id
     FROM tasks.status_transition ORDER BY task_id, version`,
  );
  return rows;
}

function spansOf(log: readonly LogRow[]): Span[] {
  return log.flatMap(({ task_id, version, workspace_id, to_status, at, actor_kind, actor_id }, index) => {
    if (to_status !== 'in_progress') return [];
    const next = log[index + 1];
    const ended_at = next?.task_id === task_id ? next.at : null;
    return [{ task_id, version, workspace_id, started_at: at, ended_at, actor_kind, actor_id }];
  });
}

async function keptSpans(pool: Pool): Promise<Span[]> {
  const { rows } = await pool.query<Span>(
    `SELECT task_id, version, workspace_id, ${instant('started_at')} AS started_at, ${instant('ended_at')} AS ended_at, actor_kind, actor_id
     FROM time_tracking.span`,
  );
  return rows;
}

/** Milliseconds of closed spans by task. */
function sumsOf(spans: readonly Span[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { task_id, started_at, ended_at } of spans)
    if (ended_at !== null) sums.set(task_id, (sums.get(task_id) ?? 0) + Date.parse(ended_at) - Date.parse(started_at));
  return sums;
}

function textOf(span: Span): string {
  return JSON.stringify(span);
}

function between(what: string, expected: readonly string[], found: readonly string[]): string[] {
  const left = new Set(found);
  const missing = expected.filter((text) => !left.delete(text));
  const twice = found.length - new Set(found).size;
  return [
    ...missing.map((text) => `missing ${what}: ${text}`),
    ...[...left].map((text) => `too much: ${what} ${text}`),
    ...(twice > 0 ? [`${twice} times the same ${what}`] : []),
  ];
}

interface Telling {
  task_id: string;
  version: number;
  from: string | null;
  to: string;
}

/** Relays keep what they have published for a day. */
async function toldDurations(pool: Pool): Promise<Telling[]> {
  const { rows } = await pool.query<Telling>(
    `SELECT aggregate_id AS task_id, version, payload #>> '{changes,actual_duration,from}' AS from,
       payload #>> '{changes,actual_duration,to}' AS to
     FROM time_tracking.outbox WHERE payload ->> 'event' = 'actual_duration_changed' ORDER BY aggregate_id, version`,
  );
  return rows;
}

/** Each change is published once, with a higher version and the previous value; the last one contains the sum. */
function wrongTellings(told: readonly Telling[], sums: ReadonlyMap<string, number>): string[] {
  const differences: string[] = [];
  const last = new Map<string, Telling>();
  for (const telling of told) {
    const before = last.get(telling.task_id);
    if (telling.version <= (before?.version ?? 0) || telling.from !== (before?.to ?? null))
      differences.push(`${JSON.stringify(telling)} after ${JSON.stringify(before)}`);
    last.set(telling.task_id, telling);
  }
  for (const [task, ms] of sums) {
    const to = last.get(task)?.to;
    if (to === undefined || msOf(to) !== ms) differences.push(`told of the task ${task}: ${to}, not ${ms} ms`);
  }
  return differences;
}

async function wrongDurations(pool: Pool, sums: ReadonlyMap<string, number>): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; actual: string | null }>(
    'SELECT id, actual_duration AS actual FROM tasks.task',
  );
  return rows
    .filter(({ id, actual }) => (actual === null ? undefined : msOf(actual)) !== sums.get(id))
    .map(({ id, actual }) => `the task ${id} took ${actual}, not ${sums.get(id)} ms`);
}

/** Supports hours, minutes and seconds. */
function msOf(duration: string): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(duration) ?? [
    NaN,
    NaN,
  ];
  return Math.round(((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000);
}
