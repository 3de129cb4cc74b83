// The minimum work of PostgreSQL for the rows of the templates: one INSERT … SELECT generate_series into each copy of the real
// tables with the same indexes. Except for random parts of ids, the rows are the same.

const DAY_MS = 24 * 60 * 60 * 1_000;

/** The real tables, in the schema `bare`. */
export const BARE_TABLES = {
  'tasks.task': 'task',
  'tasks.occurrence': 'tombstone',
  'tasks.status_transition': 'transition',
  'tasks.outbox': 'outbox',
  'recurrence.occurrence': 'ledger',
} as const;

export function createBareTables(): string[] {
  return [
    'CREATE SCHEMA bare',
    // Defaults, generated columns, primary keys and indexes. The real task has a foreign key besides.
    ...Object.entries(BARE_TABLES).map(([real, bare]) => `CREATE TABLE bare.${bare} (LIKE ${real} INCLUDING ALL)`),
    'ALTER TABLE bare.task ADD FOREIGN KEY (list_id) REFERENCES tasks.list (id)',
    // One real event; the others have the same length.
    'CREATE TABLE bare.sample AS SELECT * FROM tasks.outbox LIMIT 1',
  ];
}

export interface BareRows {
  /** Occurrences per template. */
  days: number;
  /** The start of the first one in milliseconds. */
  firstMs: number;
}

/** One row per occurrence, by template and date: position, ids and instant. */
function series({ days, firstMs }: BareRows): string {
  return `(SELECT t.*, s.at, (lpad(to_hex((extract(epoch FROM s.at) * 1000)::bigint), 12, '0') || '8'
        || substr(s.hash, 1, 3) || '8' || substr(s.hash, 4, 15))::uuid AS task_id,
      to_char(s.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') AS original_start
    FROM recurrence.template t CROSS JOIN LATERAL (
      SELECT at, md5(t.id::text || at::text) AS hash
      FROM (SELECT to_timestamp((${firstMs} + day * ${DAY_MS}) / 1000.0) AS at FROM generate_series(0, ${days - 1}::bigint) AS day) d
    ) s WHERE t.next_run_at IS NULL ORDER BY t.id, s.at) r`;
}

export function insertBareTasks(rows: BareRows): string {
  return `INSERT INTO bare.task (id, workspace_id, list_id, title, title_key, description, status, priority, tags, assignee_id,
      position, due_at, due_on, due_instant, starts_on, timezone, estimated_duration, template_id, series_id, original_start,
      created_at, updated_at)
    SELECT r.task_id, r.workspace_id, r.list_id, r.title, lower(r.title), r.description, 'todo', r.priority::tasks.task_priority,
      r.tags, r.assignee_id, replace(r.task_id::text, '-', '') || 'i', r.at, NULL, r.at, (r.at AT TIME ZONE 'UTC')::date, r.zone,
      r.estimated_duration, r.id, r.series_id, r.original_start, now(), now()
    FROM ${series(rows)}`;
}

/** The further rows by which an occurrence is created once and published. */
export function insertBareRest(rows: BareRows): string[] {
  const from = `FROM ${series(rows)}`;
  return [
    `INSERT INTO bare.tombstone (workspace_id, task_id, revision, written_version, outcome)
      SELECT r.workspace_id, r.task_id, 1, 1, 'created' ${from}`,
    `INSERT INTO bare.transition (workspace_id, task_id, version, to_status, occurred_at, actor_kind, actor_id, request_id)
      SELECT r.workspace_id, r.task_id, 1, 'todo', now(), 'system', 'recurrence', r.id::text ${from}`,
    `INSERT INTO bare.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
      SELECT r.task_id, e.subject, r.task_id, 1, now(), e.payload ${from} CROSS JOIN bare.sample e`,
    `INSERT INTO bare.ledger (series_id, original_start, template_id, workspace_id, at, task_id, wanted, made, settled_revision, task_status)
      SELECT r.series_id, r.original_start, r.id, r.workspace_id, r.at, r.task_id, true, true, 1, 'todo' ${from}`,
  ];
}
