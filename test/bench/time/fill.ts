// Fills years of history within PostgreSQL: workspaces of equal size, each task with ten transitions over some weeks, three
// spans and sometimes an entry. Rows are in the order of time, as if they had been written one after another.
import type { Executor, TransactionalExecutor } from '@mono/platform';

export const WORKSPACE_TASKS = 50_000;
/** The start of two years over which tasks are distributed evenly. */
const BEGINNING = '2024-06-01';
const DAYS = 700;
const LISTS = 100;
const MEMBERS = 50;
const TAGS = 40;
/** One of this many tasks is still in progress. */
const OPEN_ONES = 50;

/** One of this many tasks has an entry. */
const WITH_ENTRY = 3;

const STATUSES = [
  'todo',
  'in_progress',
  'blocked',
  'in_progress',
  'todo',
  'blocked',
  'todo',
  'in_progress',
  'blocked',
  'done',
];
/** Tables whose indexes are recreated after the fill. */
const FILLED = ['task', 'transition', 'span'];

export function workspaceId(number: number): string {
  return `0198b6c2-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

const numbered = (group: number, number: string): string =>
  `('0198b6c2-000${group}-7000-8000-' || lpad((${number})::text, 12, '0'))::uuid`;
/** Hours of work and days of waiting. */
const hours = `(1 + random() * 7) * interval '1 hour'`;
const days = (most: number): string => `random() * interval '${most} days'`;

/** One row per task: its creation and its later changes. */
const LIVES = (tasks: number): string => `
  CREATE UNLOGGED TABLE bench_life AS
  SELECT n, uuidv7(c.at - clock_timestamp()) AS id, ${numbered(0, 'w')} AS workspace_id, w, g.*,
    c.at, n % ${OPEN_ONES} = 0 AS is_open
  FROM (SELECT n, (n - 1) % ${workspacesOf(tasks)} AS w FROM generate_series(1, ${tasks}) n) t
  CROSS JOIN LATERAL (SELECT date_trunc('milliseconds', timestamptz '${BEGINNING}' + n * (interval '${DAYS} days' / ${tasks})) AS at) c
  CROSS JOIN LATERAL (SELECT n AS _, ${days(5)} AS g2, ${hours} AS g3, ${days(3)} AS g4, ${hours} AS g5, ${days(2)} AS g6, ${days(2)} AS g7,
    ${days(5)} AS g8, ${hours} AS g9, ${days(3)} AS g10) g`;

const sumOf = (count: number): string =>
  ['l.at', ...Array.from({ length: count - 1 }, (_none, index) => `l.g${index + 2}`)].join(' + ');

const TRANSITIONS = STATUSES.map((status, index) => {
  const from = index === 0 ? 'NULL' : `'${STATUSES[index - 1]}'`;
  return `(${index + 1}, ${from}, '${status}', ${sumOf(index + 1)})`;
}).join(', ');

const FILL_TRANSITIONS = `
  INSERT INTO time_tracking.transition (task_id, version, workspace_id, from_status, to_status, occurred_at, actor_kind, actor_id, request_id)
  SELECT l.id, t.version, l.workspace_id, t.from_status, t.to_status, t.at, 'user', ${numbered(2, `l.n % ${MEMBERS}`)}::text, gen_random_uuid()::text
  FROM bench_life l CROSS JOIN LATERAL (VALUES ${TRANSITIONS}) t(version, from_status, to_status, at)
  WHERE t.version <= 8 OR NOT l.is_open ORDER BY t.at`;

const FILL_SPANS = `
  INSERT INTO time_tracking.span (task_id, version, workspace_id, started_at, ended_at, actor_kind, actor_id)
  SELECT l.id, s.version, l.workspace_id, s.started_at, CASE WHEN s.version < 8 OR NOT l.is_open THEN s.ended_at END, 'user',
    ${numbered(2, `l.n % ${MEMBERS}`)}::text
  FROM bench_life l CROSS JOIN LATERAL (VALUES (2, ${sumOf(2)}, ${sumOf(3)}), (4, ${sumOf(4)}, ${sumOf(5)}), (8, ${sumOf(8)}, ${sumOf(9)}))
    s(version, started_at, ended_at) ORDER BY s.started_at`;

const FILL_TASKS = `
  INSERT INTO time_tracking.task (task_id, workspace_id, title, title_seen, list_id, list_id_seen, tags, tags_seen, assignee_id,
    assignee_id_seen, template_id, template_id_seen, estimated_duration, estimated_duration_seen, status, status_seen, worked_ms, worked_version)
  SELECT l.id, l.workspace_id, 'Water the plants ' || l.n, 1, ${numbered(1, `l.w * ${LISTS} + l.n % ${LISTS}`)}, 1,
    ARRAY['tag' || l.n % ${TAGS}, 'tag' || l.n % 7], 1, ${numbered(2, `l.n % ${MEMBERS}`)}, 1,
    CASE WHEN l.n % 5 = 0 THEN ${numbered(3, 'l.n % 200')} END, 1, 'PT8H', 1,
    CASE WHEN l.is_open THEN 'in_progress' ELSE 'done' END, CASE WHEN l.is_open THEN 8 ELSE 10 END,
    (extract(epoch FROM l.g3 + l.g5 + CASE WHEN l.is_open THEN interval '0' ELSE l.g9 END) * 1000)::bigint, 10
  FROM bench_life l ORDER BY l.at`;

const FILL_ENTRIES = `
  INSERT INTO time_tracking.entry (id, workspace_id, user_id, task_id, started_at, ended_at, tags, billable, source, created_at, updated_at)
  SELECT gen_random_uuid(), l.workspace_id, ${numbered(2, `l.n % ${MEMBERS}`)}, l.id, l.at + l.g2, l.at + l.g2 + l.g3, '{}', l.n % 2 = 0,
    'manual', l.at, l.at
  FROM bench_life l WHERE l.n % ${WITH_ENTRY} = 0 ORDER BY l.at`;

export function workspacesOf(tasks: number): number {
  return Math.ceil(tasks / WORKSPACE_TASKS);
}

export async function fill(database: TransactionalExecutor, tasks: number): Promise<void> {
  await database.transaction(async (on) => {
    await on.query(`SET LOCAL work_mem = '1GB'`);
    await on.query(`SET LOCAL maintenance_work_mem = '1GB'`);
    await on.query('SET LOCAL statement_timeout = 0');
    await on.query('SELECT setseed(0.5)');
    await on.query(LIVES(tasks));
    const makeAgain = await withoutIndexes(on);
    for (const statement of [FILL_TASKS, FILL_TRANSITIONS, FILL_SPANS, FILL_ENTRIES]) await on.query(statement);
    for (const statement of makeAgain) await on.query(statement);
    await on.query('DROP TABLE bench_life');
  });
}

/** Drops the indexes. @returns the statements that recreate them. */
async function withoutIndexes(on: Executor): Promise<string[]> {
  const tables = FILLED.map((name) => `'time_tracking.${name}'::regclass`).join(', ');
  const keys = await on.query<{ name: string; of: string; definition: string }>(
    `SELECT conname AS name, conrelid::regclass::text AS of, pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE conrelid IN (${tables}) AND contype = 'p'`,
  );
  const indexes = await on.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index
     WHERE indrelid IN (${tables}) AND NOT indisprimary`,
  );
  for (const { name, of } of keys) await on.query(`ALTER TABLE ${of} DROP CONSTRAINT "${name}"`);
  for (const { name } of indexes) await on.query(`DROP INDEX ${name}`);
  return [
    ...keys.map(({ name, of, definition }) => `ALTER TABLE ${of} ADD CONSTRAINT "${name}" ${definition}`),
    ...indexes.map(({ definition }) => definition),
  ];
}
