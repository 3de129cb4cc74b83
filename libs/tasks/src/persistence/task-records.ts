// The statements that change tasks. Each writes the change, its event and its transition of status together, for one task
// or for many: in one round trip, and outside a transaction still all or nothing per statement.
import type { CallContext, Changes } from '@mono/contract';
import type { Executor, Statement } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import { tasksEvents, type DeletionRoot, type TaskEvent } from '../../contract/tasks.events.js';
import { dueInstant } from '../domain/due.js';
import { occurrenceOf, TASK_FIELDS, type OccurrenceIdentity, type TaskState } from '../domain/task-state.js';
import { titleKey } from '../domain/title-key.js';
import { eventPayload, type About } from './event-payload.js';
import { relationsOf } from './task-relations.js';
import { taskFacts, withoutTitle } from './task-facts.js';
import { newTaskColumns, taskColumns, type TaskRow } from './task-row.js';
import { keptContent } from './trash-content.js';

type Origin = TaskEvent['origin'];

/** A task to be made. */
export interface NewTask {
  id: string;
  state: TaskState;
  changes: Changes;
}

/** A task to be changed, from the very version that was read. */
export interface TaskChange {
  row: TaskRow;
  state: TaskState;
  event: TaskEvent['event'];
  changes: Changes;
  /** Instead of the origin of all changes. */
  origin?: Origin | undefined;
}

/** A task to be removed, from the very version that was read. */
export interface TaskRemoval {
  row: TaskRow;
  changes: Changes;
  /** The deletion that it is part of. */
  root: DeletionRoot;
}

/** How tasks are written. */
export interface Writing {
  /** Default: `user`. */
  origin?: Origin | undefined;
  /** Whether they may enter lists that have a workflow. */
  isAdmitted?: boolean;
}

/** How tasks are deleted. */
export interface Deletion {
  /** Default: `user`. */
  origin?: Origin | undefined;
  /** Whether they bypass the trash. */
  permanent?: boolean | undefined;
}

export const STATE_COLUMNS = `list_id uuid, parent_id uuid, title text, title_key text, description text, status tasks.task_status,
  priority tasks.task_priority, tags text[], assignee_id uuid, position text, due_at timestamptz, due_on date,
  due_instant_ms double precision, starts_on date, timezone text, estimated_duration text`;
export const IDENTITY_COLUMNS = 'template_id uuid, series_id uuid, original_start text';
export const EVENT_COLUMNS = 'event_id uuid, subject text, payload json';
export const DUE_INSTANT = 'to_timestamp(n.due_instant_ms / 1000)';
/**
 * Keeps which fields of the occurrence `t` users have set since recurrence wrote it, and the version up to which they are known. A node
 * of the previous release leaves them behind. @param added SQL: the fields of this change. $2 is the workspace.
 */
export function overriding(added: string): string {
  return `(overridden, overridden_version) = (
          SELECT CASE WHEN o.written_version = t.version THEN ${added}
              ELSE ARRAY(SELECT unnest(t.overridden) UNION SELECT unnest(${added})) END,
            CASE WHEN t.version IN (o.written_version, t.overridden_version) THEN t.version + 1 ELSE t.overridden_version END
          FROM tasks.occurrence o WHERE t.template_id IS NOT NULL AND o.workspace_id = $2 AND o.task_id = t.id)`;
}
/** Whether recurrence has created the task `t`: an occurrence, or a subtask of one. */
export const IS_FROM_TEMPLATE = `(t.template_id IS NOT NULL
    OR EXISTS (SELECT FROM tasks.occurrence o WHERE o.workspace_id = t.workspace_id AND o.task_id = t.id))`;
/** A change's own time: never before the change before. */
export const CHANGED_AT = 'greatest(clock_timestamp()::timestamptz(3), t.updated_at)';
/** The task `n` gets into another status or list. */
const ENTERS = '(n.list_id <> n.from_list_id OR n.status <> n.from_status)';
/** A list that has a workflow takes admitted tasks only: ../workflow/admit.ts. */
const ADMITS = '(workflow IS NULL OR $6::boolean)';

/** So does one that rules on subtasks, where the task `n` is completed. */
const COMPLETES =
  "(p.on_complete_with_subtasks = 'leave' OR n.status <> 'done' OR n.from_status = 'done' OR $6::boolean)";

const INSERT: Statement = {
  name: 'tasks.insert_tasks',
  text: `
    WITH input AS MATERIALIZED (SELECT * FROM json_to_recordset($1) AS n(id uuid, ${STATE_COLUMNS}, ${EVENT_COLUMNS})),
    place AS MATERIALIZED (
      SELECT id, title_policy, archived_at FROM tasks.list
      WHERE workspace_id = $2 AND id IN (SELECT list_id FROM input) AND ${ADMITS} FOR KEY SHARE
    ),
    instant AS MATERIALIZED (SELECT clock_timestamp()::timestamptz(3) AS at),
    task AS (
      INSERT INTO tasks.task (id, workspace_id, list_id, parent_id, title, title_key, title_unique, description, status,
        priority, tags, assignee_id, position, due_at, due_on, due_instant, starts_on, timezone, estimated_duration,
        completed_at, created_at, updated_at)
      SELECT n.id, $2, n.list_id, n.parent_id, n.title, n.title_key, p.title_policy = 'unique', n.description, n.status,
        n.priority, n.tags, n.assignee_id, n.position, n.due_at, n.due_on, ${DUE_INSTANT}, n.starts_on, n.timezone,
        n.estimated_duration, CASE WHEN n.status = 'done' THEN i.at END, i.at, i.at
      FROM input n JOIN place p ON p.id = n.list_id AND p.archived_at IS NULL CROSS JOIN instant i
      RETURNING *
    ),
    transition AS (
      INSERT INTO tasks.status_transition (workspace_id, task_id, version, to_status, occurred_at, actor_kind, actor_id, request_id)
      SELECT $2, t.id, t.version, t.status, t.created_at, $3, $4, $5 FROM task t
    ),
    event AS (
      INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
      SELECT n.event_id, n.subject, t.id, t.version, t.created_at, n.payload FROM task t JOIN input n ON n.id = t.id
    )
    SELECT ${newTaskColumns('t')} FROM task t`,
};

const UPDATE: Statement = {
  name: 'tasks.update_tasks',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1) AS n(id uuid, read_version integer, from_list_id uuid, from_status tasks.task_status, by_user boolean, overrides text[], ${STATE_COLUMNS}, ${IDENTITY_COLUMNS}, ${EVENT_COLUMNS})
    ),
    place AS MATERIALIZED (
      SELECT id, title_policy, archived_at, on_complete_with_subtasks FROM tasks.list
      WHERE workspace_id = $2 AND id IN (SELECT n.list_id FROM input n WHERE ${ENTERS}) AND ${ADMITS} FOR KEY SHARE
    ),
    task AS (
      UPDATE tasks.task t SET list_id = n.list_id, parent_id = n.parent_id, title = n.title, title_key = n.title_key,
        title_unique = CASE WHEN n.list_id = n.from_list_id THEN t.title_unique ELSE p.title_policy = 'unique' AND NOT ${IS_FROM_TEMPLATE} END,
        description = n.description, status = n.status, priority = n.priority, tags = n.tags, assignee_id = n.assignee_id,
        position = n.position, due_at = n.due_at, due_on = n.due_on, due_instant = ${DUE_INSTANT}, starts_on = n.starts_on,
        timezone = n.timezone, estimated_duration = n.estimated_duration,
        template_id = n.template_id, series_id = n.series_id, original_start = n.original_start,
        completed_at = CASE WHEN n.status <> 'done' THEN NULL WHEN t.status = 'done' THEN t.completed_at ELSE ${CHANGED_AT} END,
        ${overriding('n.overrides')},
        version = t.version + 1, updated_at = ${CHANGED_AT}
      FROM input n LEFT JOIN place p ON p.id = n.list_id AND (n.list_id = n.from_list_id OR p.archived_at IS NULL OR NOT n.by_user) AND ${COMPLETES}
      WHERE t.id = n.id AND t.workspace_id = $2 AND t.version = n.read_version AND (p.id IS NOT NULL OR NOT ${ENTERS})
      RETURNING t.*
    ),
    transition AS (
      INSERT INTO tasks.status_transition (workspace_id, task_id, version, from_status, to_status, occurred_at, actor_kind, actor_id, request_id)
      SELECT $2, t.id, t.version, n.from_status, t.status, t.updated_at, $3, $4, $5
      FROM task t JOIN input n ON n.id = t.id WHERE n.from_status <> t.status
    ),
    event AS (
      INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
      SELECT n.event_id, n.subject, t.id, t.version, t.updated_at, n.payload FROM task t JOIN input n ON n.id = t.id
    )
    SELECT ${taskColumns('t')} FROM task t`,
};

const DELETE: Statement = {
  name: 'tasks.delete_tasks',
  text: `
    WITH input AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1) AS n(id uuid, read_version integer, root_id uuid, keeps_title boolean, ${EVENT_COLUMNS})
    ),
    task AS (
      DELETE FROM tasks.task t USING input n
      WHERE t.id = n.id AND t.workspace_id = $2 AND t.version = n.read_version
      RETURNING t.id, t.workspace_id, t.version + 1 AS version, t.status, ${CHANGED_AT} AS at, n.root_id, t.list_id, t.parent_id, t.title,
        t.actual_duration, t.actual_duration_version,
        CASE WHEN n.root_id IS NOT NULL THEN ${keptContent('t')} END AS content,
        CASE WHEN n.keeps_title THEN ${taskFacts('t')} ELSE ${withoutTitle(taskFacts('t'))} END AS last_facts
    ),
    trash AS (
      INSERT INTO tasks.trash (id, workspace_id, kind, root_id, list_id, parent_id, title, version, deleted_at, actor_kind,
        actor_id, actual_duration, actual_duration_version, content)
      SELECT t.id, $2, 'task', t.root_id, t.list_id, t.parent_id, t.title, t.version, t.at, $3, $4, t.actual_duration,
        t.actual_duration_version, t.content
      FROM task t WHERE t.root_id IS NOT NULL
    ),
    ${relationsOf('task', 'g.root_id IS NULL')},
    transition AS (
      INSERT INTO tasks.status_transition (workspace_id, task_id, version, from_status, occurred_at, actor_kind, actor_id, request_id, last_facts)
      SELECT $2, t.id, t.version, t.status, t.at, $3, $4, $5, t.last_facts FROM task t
    ),
    event AS (
      INSERT INTO tasks.outbox (event_id, subject, aggregate_id, version, occurred_at, payload)
      SELECT n.event_id, n.subject, t.id, t.version, t.at, n.payload FROM task t JOIN input n ON n.id = t.id
    )
    SELECT id FROM task`,
};

/**
 * @returns the rows made: missing are those of lists that the workspace has not, that are archived, or that have a workflow.
 * @throws pg's unique violation `task_unique_title`.
 */
export function insertTasks(
  on: Executor,
  context: CallContext,
  tasks: readonly NewTask[],
  { isAdmitted = false }: Pick<Writing, 'isAdmitted'> = {},
): Promise<TaskRow[]> {
  const input = tasks.map(({ id, state, changes }) => ({
    id,
    ...columnsOf(state),
    ...eventColumns(context, id, 'created', changes, state),
  }));
  return on.query<TaskRow>(INSERT, [...parametersOf(context, input), isAdmitted]);
}

/**
 * @returns the rows changed: missing are those that are not at the version read any more, whose new list is not there, or
 * is archived and a user moves them, or that its rules have to admit.
 */
export function updateTasks(
  on: Executor,
  context: CallContext,
  updates: readonly TaskChange[],
  { origin, isAdmitted = false }: Writing = {},
): Promise<TaskRow[]> {
  const input = updates.map(({ row, state, event, changes, origin: own = origin }) => ({
    id: row.id,
    read_version: row.version,
    from_list_id: row.list_id,
    from_status: row.status,
    overrides: own === undefined || own === 'user' ? TASK_FIELDS.filter((field) => changes[field]) : [],
    by_user: own === undefined || own === 'user',
    ...columnsOf(state),
    ...eventColumns(context, row.id, event, changes, state, { origin: own }),
  }));
  return on.query<TaskRow>(UPDATE, [...parametersOf(context, input), isAdmitted]);
}

/** @returns the ids removed. @throws pg's foreign key violation `task_parent_fk` when a subtask has come since. */
export async function deleteTasks(
  on: Executor,
  context: CallContext,
  removals: readonly TaskRemoval[],
  { origin, permanent = false }: Deletion = {},
): Promise<Set<string>> {
  const input = removals.map(({ row, changes, root }) => ({
    id: row.id,
    read_version: row.version,
    root_id: permanent ? null : root.id,
    // Nobody has asked to forget what recurrence withdraws.
    keeps_title: !permanent || origin === 'recurrence',
    ...eventColumns(context, row.id, 'deleted', changes, row, { origin, permanent, root }),
  }));
  const rows = await on.query<{ id: string }>(DELETE, parametersOf(context, input));
  return new Set(rows.map(({ id }) => id));
}

export function columnsOf(state: TaskState) {
  const due = dueInstant(state);
  return { ...state, title_key: titleKey(state.title), due_instant_ms: due === null ? null : Date.parse(due) };
}

export function eventColumns(
  context: CallContext,
  id: string,
  event: TaskEvent['event'],
  changes: Changes,
  state: OccurrenceIdentity & Pick<TaskState, 'list_id'>,
  about: Pick<About, 'origin' | 'root' | 'permanent'> = {},
) {
  const payload = eventPayload(context, 'task', id, event, changes, {
    ...about,
    occurrence: occurrenceOf(state),
    listId: state.list_id,
  });
  return { event_id: uuidv7(), subject: tasksEvents[event].subject, payload };
}

export function parametersOf({ principal, requestId }: CallContext, input: readonly object[]): unknown[] {
  return [JSON.stringify(input), principal.workspaceId, principal.kind, principal.id, requestId];
}
