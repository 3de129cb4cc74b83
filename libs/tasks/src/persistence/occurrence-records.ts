// The statements over occurrences: the rows that outlive their tasks, and the making of the tasks with them.
import type { CallContext } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import type { OccurrenceInput, ReviseOutcome } from '../../contract/occurrences.js';
import { tasksEvents } from '../../contract/tasks.events.js';
import type { TaskStatus } from '../../contract/task-constants.js';
import { isOpen } from '../domain/occurrence-revision.js';
import { columnsOf, DUE_INSTANT, eventColumns, type NewTask } from './task-records.js';

/** The row of an occurrence. */
export interface OccurrenceRow {
  task_id: string;
  /** The last that was applied. */
  revision: number;
  /** The version of the task that recurrence has written last; 0 where it was removed before it was made. */
  written_version: number;
  /** The outcome of the revision. */
  outcome: KeptOutcome;
}

export type KeptOutcome = 'created' | Exclude<ReviseOutcome, 'unknown' | 'list_not_found'>;

export interface NewOccurrence extends NewTask {
  revision: number;
  /** The task after which it comes. */
  successor_of: string | null;
}

/** The input for new occurrences, column by column: an array for each costs PostgreSQL a quarter of one JSON text. */
const COLUMNS = [
  ['id', 'uuid'],
  ['revision', 'integer'],
  ['list_id', 'uuid'],
  ['title', 'text'],
  ['title_key', 'text'],
  ['description', 'text'],
  ['status', 'tasks.task_status'],
  ['priority', 'tasks.task_priority'],
  ['tags', 'text'],
  ['assignee_id', 'uuid'],
  ['position', 'text'],
  ['due_at', 'timestamptz'],
  ['due_on', 'date'],
  ['due_instant_ms', 'double precision'],
  ['starts_on', 'date'],
  ['timezone', 'text'],
  ['estimated_duration', 'text'],
  ['template_id', 'uuid'],
  ['series_id', 'uuid'],
  ['original_start', 'text'],
  ['event_id', 'uuid'],
  ['successor_of', 'uuid'],
] as const;

/** Only subtasks have a parent: a column more would cost all others. */
const SUBTASK_COLUMNS = [...COLUMNS, ['parent_id', 'uuid']] as const;

type Columns = typeof COLUMNS | typeof SUBTASK_COLUMNS;

/** The events' payloads alone are one JSON text: as an array, each of their quotes would be escaped and read again. */
function inputOf(columns: Columns): string {
  const arrays = columns.map(([, type], index) => `$${index + 7}::${type}[]`).join(', ');
  return `ROWS FROM (unnest(${arrays}), json_array_elements($6)) AS n (${columns.map(([name]) => name).join(', ')}, payload)`;
}

const MATERIALISE = materialising('tasks.materialise', COLUMNS, 'NULL::uuid');
const MATERIALISE_SUBTASKS = materialising('tasks.materialise_subtasks', SUBTASK_COLUMNS, 'n.parent_id');

/** Whoever comes second finds the row, waits for its end, and makes nothing. In the order of ids, so that two never wait for each other. */
function materialising(name: string, columns: Columns, parent: string): Statement {
  const text = `
    WITH input AS MATERIALIZED (SELECT * FROM ${inputOf(columns)}),
    place AS MATERIALIZED (
      SELECT id FROM tasks.list WHERE workspace_id = $1 AND id IN (SELECT list_id FROM input) FOR KEY SHARE
    ),
    instant AS MATERIALIZED (SELECT clock_timestamp()::timestamptz(3) AS at),
    occurrence AS (
      INSERT INTO tasks.occurrence (workspace_id, task_id, revision, written_version, outcome, successor_of)
      SELECT $1, n.id, n.revision, 1, 'created', n.successor_of FROM input n WHERE n.list_id IN (SELECT id FROM place) ORDER BY n.id
      ON CONFLICT DO NOTHING
      RETURNING task_id
    ),
    task AS (
      INSERT INTO tasks.task (id, workspace_id, list_id, parent_id, title, title_key, description, status, priority, tags, assignee_id,
        position, due_at, due_on, due_instant, starts_on, timezone, estimated_duration, template_id, series_id, original_start,
        created_at, updated_at)
      SELECT n.id, $1, n.list_id, ${parent}, n.title, n.title_key, n.description, n.status, n.priority, n.tags::text[], n.assignee_id,
        n.position, n.due_at, n.due_on, ${DUE_INSTANT}, n.starts_on, n.timezone, n.estimated_duration, n.template_id,
        n.series_id, n.original_start, i.at, i.at
      FROM occurrence o JOIN input n ON n.id = o.task_id CROSS JOIN instant i
      RETURNING id, status, version, created_at
    ),
    transition AS (
      INSERT INTO tasks.status_transition (workspace_id, task_id, version, to_status, occurred_at, actor_kind, actor_id, request_id)
      SELECT $1, t.id, t.version, t.status, t.created_at, $2, $3, $4 FROM task t
    ),
    event AS (
      INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
      SELECT n.event_id, $5, t.id, t.version, t.created_at, n.payload FROM task t JOIN input n ON n.id = t.id
    )
    SELECT id FROM task`;
  return { name, text };
}

/** @returns the ids made: missing are those that were known already, and those of lists that the workspace has not. */
export function insertOccurrences(
  on: Executor,
  context: CallContext,
  occurrences: readonly NewOccurrence[],
): Promise<Set<string>> {
  return insert(on, context, occurrences, MATERIALISE, COLUMNS);
}

/** As above, below tasks that the transaction has created or locked. */
export async function insertSubtasks(
  on: Executor,
  context: CallContext,
  subtasks: readonly NewOccurrence[],
): Promise<void> {
  if (subtasks.length > 0) await insert(on, context, subtasks, MATERIALISE_SUBTASKS, SUBTASK_COLUMNS);
}

async function insert(
  on: Executor,
  context: CallContext,
  occurrences: readonly NewOccurrence[],
  statement: Statement,
  columns: Columns,
): Promise<Set<string>> {
  const { principal, requestId } = context;
  const input = occurrences.map(({ id, revision, successor_of, state, changes }) => ({
    id,
    revision,
    successor_of,
    ...columnsOf(state),
    tags: arrayText(state.tags),
    ...eventColumns(context, id, 'created', changes, state, { origin: 'recurrence' }),
  }));
  const rows = await on.query<{ id: string }>(statement, [
    principal.workspaceId,
    principal.kind,
    principal.id,
    requestId,
    tasksEvents.created.subject,
    JSON.stringify(input.map(({ payload }) => payload)),
    ...columns.map(([name]) => input.map((row) => row[name])),
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** Of those that are known: where the task stands, null where it has been deleted. */
export async function findStatuses(
  on: Executor,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, TaskStatus | null>> {
  const rows = await on.query<{ task_id: string; status: TaskStatus | null }>(
    `SELECT o.task_id, t.status FROM tasks.occurrence o LEFT JOIN tasks.task t ON t.id = o.task_id
     WHERE o.workspace_id = $1 AND o.task_id = ANY($2::uuid[])`,
    [workspaceId, ids],
  );
  return new Map(rows.map(({ task_id, status }) => [task_id, status]));
}

/** Keeps those that are not known from ever being made. @returns the ids of these. */
export async function preventOccurrences(
  on: Executor,
  workspaceId: string,
  removals: readonly { id: string; revision: number }[],
): Promise<Set<string>> {
  const rows = await on.query<{ task_id: string }>(
    `INSERT INTO tasks.occurrence (workspace_id, task_id, revision, written_version, outcome)
     SELECT $1, id, revision, 0, 'removed' FROM unnest($2::uuid[], $3::integer[]) AS n (id, revision) ORDER BY id
     ON CONFLICT DO NOTHING RETURNING task_id`,
    [workspaceId, removals.map(({ id }) => id), removals.map(({ revision }) => revision)],
  );
  return new Set(rows.map(({ task_id }) => task_id));
}

/** In a transaction: which of these tasks are not over. None of them is reopened, closed or restored until its end. */
export async function lockOpen(on: Executor, workspaceId: string, ids: readonly string[]): Promise<Set<string>> {
  await on.query(
    `SELECT FROM tasks.occurrence WHERE workspace_id = $1 AND task_id = ANY($2::uuid[]) ORDER BY task_id FOR SHARE`,
    [workspaceId, ids],
  );
  const rows = await on.query<{ id: string; status: TaskStatus }>(
    `SELECT id, status FROM tasks.task WHERE workspace_id = $1 AND id = ANY($2::uuid[]) ORDER BY id FOR SHARE`,
    [workspaceId, ids],
  );
  return new Set(rows.filter(isOpen).map(({ id }) => id));
}

type Identified = Pick<OccurrenceInput, 'task_id' | 'template_id' | 'series_id' | 'original_start'>;

/** In a transaction: until its end, nobody else restores or repeats tasks of these series. */
export async function lockSeries(on: Executor, occurrences: readonly { series_id: string | null }[]): Promise<void> {
  const ids = [...new Set(occurrences.flatMap(({ series_id: id }) => id?.toLowerCase() ?? []))].toSorted();
  if (ids.length === 0) return;
  await on.query(
    `SELECT pg_advisory_xact_lock(hashtext('tasks.series'), hashtext(id)) FROM unnest($1::text[]) WITH ORDINALITY AS n (id, place)
     ORDER BY place`,
    [ids],
  );
}

/** @returns the ids of those whose occurrence has another task. */
export async function findTaken(
  on: Executor,
  workspaceId: string,
  occurrences: readonly Identified[],
): Promise<Set<string>> {
  const rows = await on.query<{ id: string }>(
    `SELECT n.id FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) AS n (id, template_id, series_id, original_start)
     JOIN tasks.task t ON t.template_id = n.template_id AND t.series_id = n.series_id AND t.original_start = n.original_start
     WHERE t.workspace_id = $1 AND t.id <> n.id`,
    [
      workspaceId,
      occurrences.map(({ task_id }) => task_id),
      occurrences.map(({ template_id }) => template_id),
      occurrences.map(({ series_id }) => series_id),
      occurrences.map(({ original_start }) => original_start),
    ],
  );
  return new Set(rows.map(({ id }) => id));
}

/** The tasks that come after one of these. */
export async function findSuccessors(on: Executor, workspaceId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await on.query<{ task_id: string }>(
    `SELECT task_id FROM tasks.occurrence WHERE workspace_id = $1 AND successor_of = ANY($2::uuid[])`,
    [workspaceId, ids],
  );
  return rows.map(({ task_id }) => task_id);
}

/** In a transaction: nobody else revises them until its end. */
export async function lockOccurrences(
  on: Executor,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, OccurrenceRow>> {
  const rows = await on.query<OccurrenceRow>(
    `SELECT task_id, revision, written_version, outcome FROM tasks.occurrence
     WHERE workspace_id = $1 AND task_id = ANY($2::uuid[]) ORDER BY task_id FOR UPDATE`,
    [workspaceId, ids],
  );
  return new Map(rows.map((row) => [row.task_id, row]));
}

/** @returns the fields that users have set since recurrence wrote the locked tasks. Where they are unknown, the task is missing. */
export async function findOverridden(
  on: Executor,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await on.query<{ id: string; overridden: string[] }>(
    `SELECT id, overridden FROM tasks.task WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND overridden_version = version`,
    [workspaceId, ids],
  );
  return new Map(rows.map(({ id, overridden }) => [id, overridden]));
}

export async function saveOccurrences(
  on: Executor,
  workspaceId: string,
  rows: readonly OccurrenceRow[],
): Promise<void> {
  await on.query(
    `UPDATE tasks.occurrence o SET revision = n.revision, written_version = n.written_version, outcome = n.outcome
     FROM unnest($2::uuid[], $3::integer[], $4::integer[], $5::tasks.occurrence_outcome[])
       AS n (task_id, revision, written_version, outcome)
     WHERE o.workspace_id = $1 AND o.task_id = n.task_id`,
    [
      workspaceId,
      rows.map(({ task_id }) => task_id),
      rows.map(({ revision }) => revision),
      rows.map(({ written_version }) => written_version),
      rows.map(({ outcome }) => outcome),
    ],
  );
}

/** @returns how many; less than `limit` means that no more are there. */
export async function eraseOccurrences(on: Executor, workspaceId: string, limit: number): Promise<number> {
  const rows = await on.query(
    `DELETE FROM tasks.occurrence WHERE workspace_id = $1 AND task_id IN (
       SELECT task_id FROM tasks.occurrence WHERE workspace_id = $1 ORDER BY task_id LIMIT $2) RETURNING 1`,
    [workspaceId, limit],
  );
  return rows.length;
}

/** A row's own array, in an array of rows: PostgreSQL has none of different lengths. */
function arrayText(items: readonly string[]): string {
  return `{${items.map((item) => `"${item.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}
