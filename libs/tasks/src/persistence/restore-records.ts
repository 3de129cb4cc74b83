// The statements that bring things back from the trash, each with its event, and of tasks with the transition from nothing.
import type { CallContext } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { tasksEvents, type DeletionRoot } from '../../contract/tasks.events.js';
import { changesBetween, type TaskState } from '../domain/task-state.js';
import type { WorkflowRules } from '../domain/workflow.js';
import { eventPayload } from './event-payload.js';
import { positionOfNew } from '../domain/position.js';
import { freeListPosition } from './list-places.js';
import { KEPT_COLUMNS, listChanges, SETTING_DEFAULTS, type ListState } from './list-row.js';
import {
  columnsOf,
  DUE_INSTANT,
  EVENT_COLUMNS,
  eventColumns,
  IDENTITY_COLUMNS,
  parametersOf,
  STATE_COLUMNS,
} from './task-records.js';
import { contentOf } from './trash-content.js';

/** The title and the list that the user gives count as set by the user, as in a change of the task. */
const OVERRIDDEN = `SELECT k.version, array_remove(ARRAY[CASE WHEN n.title <> k.title THEN 'title' END,
            CASE WHEN n.list_id <> k.list_id THEN 'list_id' END]
            || CASE WHEN o.written_version <> k.version - 2 THEN c.overridden END, NULL) AS fields
          WHERE k.version - 2 IN (o.written_version, c.overridden_version)`;

const RESTORE_TASKS: Statement = {
  name: 'tasks.restore_tasks',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1) AS n(id uuid, ${STATE_COLUMNS}, ${IDENTITY_COLUMNS}, ${EVENT_COLUMNS})
    ),
    place AS MATERIALIZED (
      SELECT id, title_policy FROM tasks.list WHERE workspace_id = $2 AND id IN (SELECT list_id FROM input) FOR KEY SHARE
    ),
    kept AS (
      DELETE FROM tasks.trash r USING input n WHERE r.id = n.id AND r.workspace_id = $2
      RETURNING r.id, r.version + 1 AS version, greatest(clock_timestamp()::timestamptz(3), r.deleted_at) AS at,
        r.list_id, r.parent_id, r.title, r.actual_duration, r.actual_duration_version, r.content
    ),
    untouched AS (
      UPDATE tasks.occurrence o SET written_version = k.version FROM kept k JOIN input n ON n.id = k.id
      WHERE o.workspace_id = $2 AND o.task_id = k.id AND o.written_version = k.version - 2
        AND (n.list_id, n.title) = (k.list_id, k.title) AND n.parent_id IS NOT DISTINCT FROM k.parent_id
    ),
    task AS (
      INSERT INTO tasks.task (id, workspace_id, list_id, parent_id, title, title_key, title_unique, description, status,
        priority, tags, assignee_id, position, due_at, due_on, due_instant, due_soon_for, starts_on, timezone, estimated_duration,
        actual_duration, actual_duration_version, template_id, series_id, original_start, completed_at, version, created_at, updated_at,
        overridden, overridden_version)
      SELECT n.id, $2, n.list_id, n.parent_id, n.title, n.title_key, p.title_policy = 'unique' AND n.template_id IS NULL AND o.task_id IS NULL,
        n.description, n.status, n.priority, n.tags, n.assignee_id, n.position, n.due_at, n.due_on, ${DUE_INSTANT}, c.due_soon_for,
        n.starts_on, n.timezone, n.estimated_duration, k.actual_duration, k.actual_duration_version, n.template_id, n.series_id,
        n.original_start, c.completed_at, k.version, c.created_at, k.at, u.fields, u.version
      FROM kept k JOIN input n ON n.id = k.id JOIN place p ON p.id = n.list_id
        ${contentOf('k', 'c', ['due_soon_for', 'completed_at', 'created_at', 'overridden', 'overridden_version'])}
        LEFT JOIN tasks.occurrence o ON o.workspace_id = $2 AND o.task_id = k.id
        LEFT JOIN LATERAL (${OVERRIDDEN}) u ON true
      RETURNING id, status, version, updated_at
    ),
    transition AS (
      INSERT INTO tasks.status_transition (workspace_id, task_id, version, to_status, occurred_at, actor_kind, actor_id, request_id)
      SELECT $2, t.id, t.version, t.status, t.updated_at, $3, $4, $5 FROM task t
    ),
    event AS (
      INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
      SELECT n.event_id, n.subject, t.id, t.version, t.updated_at, n.payload FROM task t JOIN input n ON n.id = t.id
    )
    SELECT id, version FROM task`,
};

/** From the content `c`. Lists that the previous release has deleted lack settings that must not be null. */
const SETTINGS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(SETTING_DEFAULTS).map(([column, value]) => [
    column,
    value === null ? `c.${column}` : `coalesce(c.${column}, '${value}')`,
  ]),
);

const LIST_CONTENT = 'CROSS JOIN LATERAL json_populate_record(NULL::tasks.list, r.content) AS c';

const RESTORED: Readonly<Record<string, string>> = { ...SETTINGS, moved_to: '$6' };

const RESTORE_LIST: Statement = {
  name: 'tasks.restore_list',
  text: `
    WITH r AS (
      DELETE FROM tasks.trash r WHERE r.id = $1 AND r.workspace_id = $2 AND r.kind = 'list'
      RETURNING r.id, r.version + 1 AS version, greatest(clock_timestamp()::timestamptz(3), r.deleted_at) AS at, r.content
    ),
    list AS (
      INSERT INTO tasks.list (id, workspace_id, title, version, updated_at, ${KEPT_COLUMNS.join(', ')})
      SELECT r.id, $2, $5, r.version, r.at, ${KEPT_COLUMNS.map((column) => RESTORED[column] ?? `c.${column}`).join(', ')}
      FROM r ${LIST_CONTENT}
      RETURNING id, version, updated_at
    ),
    event AS (
      INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
      SELECT $3, $4, l.id, l.version, l.updated_at, $7 FROM list l
    )
    SELECT version FROM list`,
};

const LIST_STATE: Statement = {
  name: 'tasks.read_trashed_list',
  text: `SELECT r.title, c.moved_to AS position, c.archived_at IS NOT NULL AS archived, c.workflow,
      ${Object.entries(SETTINGS)
        .map(([column, value]) => `${value} AS ${column}`)
        .join(', ')}
    FROM tasks.trash r ${LIST_CONTENT}
    WHERE r.id = $1 AND r.workspace_id = $2 AND r.kind = 'list'`,
};

export interface RestoredTask {
  id: string;
  state: TaskState;
}

/**
 * An occurrence that nobody had touched before its deletion is untouched again, unless it is restored to another place. In a
 * transaction that has locked their root, their lists and their parents; parents come before their subtasks.
 * @returns their versions by id. @throws pg's unique violation `task_unique_title`.
 */
export async function restoreTasks(
  on: Executor,
  context: CallContext,
  root: DeletionRoot,
  tasks: readonly RestoredTask[],
): Promise<Map<string, number>> {
  const input = tasks.map(({ id, state }) => ({
    id,
    ...columnsOf(state),
    ...eventColumns(context, id, 'restored', changesBetween(undefined, state), state, { root }),
  }));
  const rows = await on.query<{ id: string; version: number }>(RESTORE_TASKS, parametersOf(context, input));
  return new Map(rows.map(({ id, version }) => [id, version]));
}

/** In a transaction that has locked it. At its position, or the next that is free. @returns its version. */
export async function restoreListRow(
  on: Executor,
  context: CallContext,
  id: string,
  given: Pick<ListState, 'title'> | undefined,
): Promise<{ title: string; version: number }> {
  const { workspaceId } = context.principal;
  type Kept = ListState & { position: string | null; workflow: WorkflowRules | null };
  const [found] = await on.query<Kept>(LIST_STATE, [id, workspaceId]);
  if (!found) throw new Error('Invariant violated: a locked list has left the trash.');
  const { workflow, ...kept } = found;
  const position = await freeListPosition(on, workspaceId, kept.position ?? positionOfNew(id));
  const state = { ...kept, ...given, position };
  const changes = { ...listChanges(undefined, state), ...(workflow && { workflow: { from: null, to: workflow } }) };
  const payload = eventPayload(context, 'list', id, 'list_restored', changes);
  const [list] = await on.query<{ version: number }>(RESTORE_LIST, [
    id,
    workspaceId,
    uuidv7(),
    tasksEvents.list_restored.subject,
    state.title,
    position,
    JSON.stringify(payload),
  ]);
  if (!list) throw new Error('Invariant violated: a locked list has left the trash.');
  return { title: state.title, version: list.version };
}
